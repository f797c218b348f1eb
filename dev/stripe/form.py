"""The form encoding of Stripe's requests: `a[b][0][c]=x`, `expand[]=y`; what it decodes to holds only text."""

import re
from typing import Any
from urllib.parse import parse_qsl

from dev.stripe.refusal import invalid

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
# A tree of names, then of places in a list, then text.
Tree = dict[str, Any]


def decode(text: str) -> Tree:
    """Return the tree; lists are lists, and an empty text, which unsets, stays an empty text."""
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict"):
        _put(tree, _path(name), value, name)
    return {key: _with_lists(value) for key, value in tree.items()}


def _path(name: str) -> list[str]:
    matched = NAME.match(name)
    if not matched:
        raise invalid(f"Invalid parameter name: {name}")
    return [matched[1], *matched[2][1:-1].split("][")] if matched[2] else [matched[1]]


def _put(tree: Tree, path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise invalid(f"Invalid parameter: {name} is given as a text and as a hash", path[0])
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is given as a text and as a hash", path[0])
    tree[last] = value


def _with_lists(value: Tree | str) -> Tree | list[Any] | str:
    if isinstance(value, str):
        return value
    if value and all(key.isascii() and key.isdigit() for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(each) for key, each in value.items()}
