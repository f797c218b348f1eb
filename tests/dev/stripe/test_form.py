"""The form encoding, held against what the SDK encodes."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from dev.stripe.form import decode
from dev.stripe.refusal import Refused

names = st.text("abcdefgh_", min_size=1, max_size=5)
texts = st.text(max_size=8)
trees = st.recursive(
    texts,
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(names, trees, max_size=4))
def test_what_the_sdk_encodes_is_decoded_to_the_same(tree: dict[str, Any]) -> None:
    assert decode(urlencode(list(_api_encode(tree)))) == tree


def test_an_index_may_be_left_out() -> None:
    assert decode("expand[]=a&expand[]=b") == {"expand": ["a", "b"]}


def test_more_than_nine_places_keep_their_order() -> None:
    assert decode("&".join(f"a[{place}]={place}" for place in range(12))) == {"a": [str(each) for each in range(12)]}


def test_an_empty_text_stays() -> None:
    assert decode("cancel_at=&metadata[a]=") == {"cancel_at": "", "metadata": {"a": ""}}


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=2&a=1", "a[b=1", "[a]=1", "a]=1", "a[b]c=1"])
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        decode(text)
