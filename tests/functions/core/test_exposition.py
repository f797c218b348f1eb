from functions.core.exposition import Family, expose


def family(kind: str = "gauge") -> Family:
    return Family("mainstay_things", kind, "Things.")


def test_a_family_is_its_head_and_its_samples() -> None:
    made = family("counter")
    made.add(3, {"route": "/a", "status": "200"})
    made.add(0.25, suffix="_sum")
    assert expose([made]) == (
        b"# HELP mainstay_things Things.\n# TYPE mainstay_things counter\n"
        b'mainstay_things{route="/a",status="200"} 3\nmainstay_things_sum 0.25\n'
    )


def test_nothing_to_tell_is_no_family_rather_than_a_zero() -> None:
    made = family()
    made.add(None)
    assert expose([made, family()]) == b""


def test_labels_are_escaped() -> None:
    made = family()
    made.add(1, {"name": 'a"b\\c\nd'})
    assert rb'{name="a\"b\\c\nd"} 1' in expose([made])
