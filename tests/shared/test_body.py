import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import body
from shared.errors import ValidationError


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"9" * 21 + b"}",
        b'{"a":"\xff"}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
)
def test_a_body_that_parsers_may_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        body.read_json(raw)


def test_thirty_two_levels_are_enough() -> None:
    assert body.read_json(b'{"a":' * 31 + b"{}" + b"}" * 31)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(alphabet="abc"), JSON, max_size=4))
def test_every_ordinary_object_passes_unchanged(value: dict[str, object]) -> None:
    raw = json.dumps(value).encode()
    assert body.read_json(raw) is raw


@given(st.binary())
def test_no_bytes_do_worse_than_a_refusal(raw: bytes) -> None:
    for read in (body.read_json, body.read_query):
        try:
            read(raw)
        except ValidationError:
            continue


@pytest.mark.parametrize("raw", [b"a=1&a=2", b"a=%ff", b"a=%00", b"\xff=1", b"&".join(b"a%d=1" % n for n in range(60))])
def test_a_query_that_is_ambiguous_is_refused(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        body.read_query(raw)


def test_an_empty_parameter_is_kept() -> None:
    assert body.read_query(b"a=&b=x%20y") == {"a": "", "b": "x y"}
