"""Every field of every input, sent wrong in every way: what is said of it is in our words."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ops.reference.catalogue import listed
from shared import sentences
from shared.errors import ValidationError
from shared.shapes import Input

WRONG: list[Any] = [
    *(None, "", " ", "x", "x" * 5000, "nomail", "a b@x y", "http://x", "2026-01-01", "2026-01-01T00:00:00", "9" * 30),
    *(True, -1, 0, 1.5, 10**18, [], [5], [""], ["x"] * 200, ["10.0.0.1/8"], {}, {"x": "y" * 5000}),
]
OURS = re.compile(r"[A-Z][^{}]+\.")
MODELS = sorted(
    {each.endpoint.takes for each in listed() if isinstance(each.endpoint.takes, type)},
    key=lambda model: model.__name__,
)
INPUTS = [model for model in MODELS if issubclass(model, Input)]
# What pydantic begins its sentences with.
THEIRS = re.compile(r"Input|String|List|Value error|Dictionary|Datetime|Field|Unable|validation|pattern")


def refusals(model: type[Input], name: str) -> list[str]:
    """Return what is said of this field for all that can be wrong with it, in a body and in a query."""
    reads: list[Callable[[], Input]] = []
    for value in WRONG:
        reads += [
            partial(model.read_json, json.dumps({name: value}).encode()),
            partial(model.read_query, {name: f"{value}"}),
        ]
    return [sentence for read in reads for sentence in said_of(name, read)]


def said_of(name: str, read: Callable[[], Input]) -> list[str]:
    """Return what is said of one field."""
    try:
        read()
    except ValidationError as refused:
        return [each["problem"] for each in refused.details if each["field"].split(".")[0] == name]
    return []


@pytest.mark.parametrize("model", INPUTS, ids=lambda model: model.__name__)
def test_what_is_wrong_with_a_field_is_said_in_our_words(model: type[Input]) -> None:
    for field in model.model_fields.values():
        said = refusals(model, str(field.alias))
        assert said
        for sentence in said:
            assert OURS.fullmatch(sentence), sentence
            assert not THEIRS.search(sentence), sentence
            assert sentence != sentences.OTHER


def test_there_is_a_sentence_for_what_nobody_thought_of() -> None:
    assert sentences.sentence_of("complex_type", {}) == sentences.OTHER


@pytest.mark.parametrize(
    ("kind", "context", "said"),
    [
        ("string_too_short", {"min_length": 1}, "This cannot be empty."),
        ("too_short", {"min_length": 1}, "This cannot be empty."),
        ("string_too_short", {"min_length": 8}, "This needs at least 8 characters."),
        ("too_long", {"max_length": 50}, "This can have 50 entries at most."),
        ("greater_than_equal", {"ge": 0}, "This must be 0 or more."),
        ("literal_error", {"expected": "'day' or 'month'"}, "This must be 'day' or 'month'."),
        ("value_error", {"error": ValueError("use the nextCursor")}, "Use the nextCursor."),
    ],
)
def test_bounds_are_told(kind: str, context: dict[str, object], said: str) -> None:
    assert sentences.sentence_of(kind, context) == said
