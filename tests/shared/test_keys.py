import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import keys
from shared.config import Settings
from shared.errors import Unauthenticated
from tests.shared.fixtures import ENVIRONMENT

PEPPERS = Settings.read(ENVIRONMENT).peppers


def parse(text: object, *, live: bool = False) -> keys.Key:
    return keys.parse(text, "mainstay", live=live)


def test_a_made_key_is_recognized() -> None:
    key, text = keys.make("mainstay", live=False)
    assert parse(text.reveal()) == key
    assert len(text.reveal()) == len("mainstay_sk_test_") + 50


def test_no_two_keys_are_alike() -> None:
    made = [keys.make("mainstay", live=True)[0] for _ in range(200)]
    assert len({key.lookup for key in made}) == len({key.secret for key in made}) == 200


@pytest.mark.parametrize("live", [True, False])
def test_a_key_of_the_other_mode_is_refused_by_its_prefix(*, live: bool) -> None:
    _, text = keys.make("mainstay", live=live)
    with pytest.raises(Unauthenticated, match="live" if live else "test"):
        parse(text.reveal(), live=not live)


def test_a_key_of_another_brand_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        parse(keys.make("other", live=False)[1].reveal())


@pytest.mark.parametrize("odd", [None, "", b"bytes", 7, [], "mainstay_sk_test_", "x" * 100_000, "\0" * 67, "ⅷ" * 67])
def test_odd_input_is_refused_and_nothing_worse(odd: object) -> None:
    with pytest.raises(Unauthenticated):
        parse(odd)


@given(st.text())
def test_no_text_that_was_not_made_is_a_key(text: str) -> None:
    with pytest.raises(Unauthenticated):
        parse(text)


@given(st.integers(0, 66), st.sampled_from(keys.ALPHABET + "_- é"))
def test_one_changed_letter_is_noticed(position: int, letter: str) -> None:
    text = keys.make("mainstay", live=False)[1].reveal()
    changed = text[:position] + letter + text[position + 1 :]
    if changed != text:
        with pytest.raises(Unauthenticated):
            parse(changed)


@given(st.integers(0, 66))
def test_a_key_cut_short_is_refused(length: int) -> None:
    with pytest.raises(Unauthenticated):
        parse(keys.make("mainstay", live=False)[1].reveal()[:length])


def test_the_digest_is_hmac_sha256_of_the_secret_part() -> None:
    # Computed with: printf %s "$SECRET" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101...01
    key = keys.Key("a" * 12, "b" * 32)
    assert key.digest(PEPPERS[1]) == "85456faebc72baf4aaa0c2559125ca0619cec77be3cafb0609d30ad0031f5a7f"


def test_a_key_is_presented_under_every_pepper_newest_first() -> None:
    key = keys.Key("a" * 12, "b" * 32)
    newest, oldest = PEPPERS
    expected = f"{'a' * 12}.2:{key.digest(newest)},1:{key.digest(oldest)}"
    assert key.presented(PEPPERS).reveal() == expected
    assert key.secret not in expected


def test_neither_key_nor_secret_is_shown_by_repr() -> None:
    key, text = keys.make("mainstay", live=False)
    assert key.secret not in f"{key} {key!r} {text} {text!r} {key.presented(PEPPERS)!r}"


def test_refusing_a_malformed_key_takes_less_than_20_microseconds() -> None:
    text = keys.make("mainstay", live=False)[1].reveal()
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")

    def refuse() -> None:
        try:
            parse(wrong)
        except Unauthenticated:
            return
        raise AssertionError

    assert min(timeit.repeat(refuse, number=1000, repeat=5)) / 1000 < 20e-6
