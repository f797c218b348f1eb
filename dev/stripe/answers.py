"""The contract of an answer: what the SDK's class of an object declares, held against the object.

A member that may not be null is there; none is there that the class does not know, such as those that Stripe removed;
numbers are numbers, and a status is one of those that exist.
"""

import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject

from dev.stripe.shapes import Object, nullable

# Answered by Stripe, though no class declares it: beside `plan` in lists of items.
UNDECLARED = {("list", "total_count"), ("list", "url"), ("list", "data"), ("list", "has_more")}
SCALARS: dict[object, type | tuple[type, ...]] = {int: int, str: str, bool: bool, float: (int, float), Decimal: str}
# An upcoming invoice in an event has no id.
WITHOUT_ID = {"invoice"}


def require_sound(answer: Object, where: str) -> None:
    """Raise AssertionError with everything that is wrong with an answer."""
    if found := list(problems(answer)):
        raise AssertionError(f"{where}: {'; '.join(found)}")


def problems(thing: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any part of an answer
    """Return what is wrong with an answer."""
    if isinstance(thing, list):
        for index, each in enumerate(thing):
            yield from problems(each, f"{path}[{index}]")
        return
    if not isinstance(thing, dict):
        return
    kind = thing.get("object")
    if kind == "list":
        yield from problems(thing["data"], f"{path}.data")
    elif isinstance(kind, str) and not thing.get("deleted"):
        if kind == "event":
            yield from problems(thing["data"]["object"], f"{path}.data.object")
        declared = get_object_class("V1", kind)
        if declared is StripeObject:
            yield f"{path}: no class for {kind}"
        else:
            yield from _against(thing, declared, path or kind)


def _against(thing: Object, declared: type, path: str) -> Iterator[str]:
    known = _members(declared)
    yield from (f"{path}.{name} is not a member of {declared.__name__}" for name in thing.keys() - known.keys())
    for name, (annotation, may_be_null) in known.items():
        where = f"{path}.{name}"
        if thing.get(name) is None:
            without_id = name == "id" and thing.get("object") in WITHOUT_ID and "id" not in thing
            if not may_be_null and not without_id:
                yield f"{where} is missing"
            continue
        if path == "event" and name == "data":
            continue
        inner = getattr(declared, "_inner_class_types", {}).get(name)
        yield from _value(thing[name], annotation, inner, where)


def _value(value: Any, annotation: object, inner: type | None, where: str) -> Iterator[str]:  # noqa: ANN401 - any member
    if inner and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _against(each, inner, f"{where}[{index}]")
    elif inner and isinstance(value, dict):
        yield from _against(value, inner, where)
    elif isinstance(value, dict | list):
        yield from problems(value, where)
    elif not _fits(value, annotation):
        yield f"{where} is {value!r}, not {annotation}"


def _fits(value: Any, annotation: object) -> bool:  # noqa: ANN401 - any member
    """Tell whether a plain value is one that an annotation allows; an open enumeration is closed here."""
    origin = get_origin(annotation)
    if origin is Literal:
        return value in get_args(annotation)
    if origin is Union:
        parts = [part for part in get_args(annotation) if part is not type(None)]
        closed = any(get_origin(part) is Literal for part in parts)
        return any(_fits(value, part) for part in parts if not (closed and part is str))
    if annotation in SCALARS:
        return isinstance(value, SCALARS[annotation]) and (annotation is bool or not isinstance(value, bool))
    return True


@cache
def _members(declared: type) -> dict[str, tuple[object, bool]]:
    """Return a class's members: their annotation, and whether they may be null."""
    names = vars(sys.modules[declared.__module__])
    found = {}
    for name, written in declared.__annotations__.items():
        if name.isupper() or name.startswith("_"):
            continue
        found[name] = (_evaluated(written, names), nullable(written) or name == "deleted")
    return found


def _evaluated(written: object, names: dict[str, Any]) -> object:
    if not isinstance(written, str):
        return written
    inner = written.removeprefix("Optional[").removesuffix("]") if written.startswith("Optional[") else written
    try:
        parts = [eval(part, names) for part in _split(inner)]  # noqa: S307 - the SDK's own annotations
    except NameError:  # another object, which is held against its own class
        return object
    return Union[tuple(parts)]  # noqa: UP007 - made from a list


def _split(text: str) -> list[str]:
    """Return the members of a union that is written with bars."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
