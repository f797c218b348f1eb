"""The strict contract of a request: the SDK's parameter types as readers of decoded forms, made when first needed."""

from functools import cache
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

from typing_extensions import is_typeddict

from dev.stripe import kinds
from dev.stripe.form import Tree
from dev.stripe.kinds import Reader
from dev.stripe.refusal import Refused, invalid

Parameters = dict[str, Any]


def read(where: str, tree: Tree) -> Parameters:
    """Return a request's parameters as what they are.

    `where` is a type of the SDK, for example `checkout._session_create_params.SessionCreateParams`.
    """
    read_all: Reader = _typed(_located(where))
    parameters: Parameters = read_all(tree, "")
    return parameters


def _located(where: str) -> type:
    module, _, name = where.rpartition(".")
    located: type = getattr(import_module(f"stripe.params.{module}"), name)
    return located


@cache
def _typed(kind: type) -> Reader:
    """Return the reader of a hash with known names; those of its members are made when a value comes for them."""
    own = {name: (each.__module__, text) for each in reversed(_lineage(kind)) for name, text in written(each).items()}
    readers: dict[str, Reader] = {}

    def read_hash(value: object, name: str) -> Parameters:
        if not isinstance(value, dict):
            raise kinds.invalid_kind("hash", name, "parameter_invalid_object")
        found = {}
        for key, each in value.items():
            inner = f"{name}[{key}]" if name else key
            if key not in own:
                raise Refused(f"Received unknown parameter: {inner}", code="parameter_unknown", param=inner, kept=False)
            if key not in readers:
                readers[key] = reader(own[key][1], own[key][0])
            found[key] = readers[key](each, inner)
        for key in sorted(kind.__required_keys__ & own.keys() - value.keys()):  # type: ignore[attr-defined]
            inner = f"{name}[{key}]" if name else key
            raise Refused(f"Missing required param: {inner}.", code="parameter_missing", param=inner, kept=False)
        return found

    return read_hash


def _lineage(kind: type) -> list[type]:
    """Return a type and what it stands on, without the options that the SDK mixes in."""
    bases = [base for base in getattr(kind, "__orig_bases__", ()) if is_typeddict(base)]
    return [kind, *(each for base in bases if base.__name__ != kinds.OPTIONS for each in _lineage(base))]


def written(kind: type) -> dict[str, object]:
    """Return the annotations of a type of the SDK, without the options."""
    options = import_module("stripe._request_options").RequestOptions.__annotations__
    return {name: each for name, each in kind.__annotations__.items() if name not in options}


def reader(annotation: object, module: str) -> Reader:
    """Return the reader of a value that may be one of several kinds; enumerations and hashes are tried first."""
    possible = kinds.members(annotation, module)
    allowed = [text for each in possible if get_origin(each) is Literal for text in get_args(each)]
    rest = [_single(each, module) for each in sorted(possible, key=_strictness) if get_origin(each) is not Literal]

    def read_any(value: object, name: str) -> Any:  # noqa: ANN401 - a parameter can be anything
        if isinstance(value, str) and value in allowed:
            return value
        refusals = []
        for read_one in rest:
            try:
                return read_one(value, name)
            except Refused as refused:
                refusals.append(refused)
        if allowed and isinstance(value, str) and any(allowed):
            shown = ", ".join(text for text in allowed if text)
            raise invalid(f"Invalid {name}: must be one of {shown}", name)
        raise max(refusals, key=lambda refused: len(refused.param or ""), default=kinds.invalid_kind("string", name))

    return rest[0] if len(rest) == 1 and not allowed else read_any


def _strictness(kind: object) -> int:
    order = [bool, int, float]
    return order.index(kind) if kind in order else 9 if kind is str else 5


def _single(kind: object, module: str) -> Reader:
    if is_typeddict(kind):
        return _typed(kind)
    if kind in kinds.LEAVES:
        return kinds.LEAVES[kind]
    origin = get_origin(kind)
    if origin is list:
        return _listed(reader(get_args(kind)[0], module))
    if origin is dict:
        return _mapped(reader(get_args(kind)[1], module))
    raise TypeError(f"no reader for {kind} of {module}")


def _listed(read_one: Reader) -> Reader:
    def read_list(value: object, name: str) -> list[Any]:
        if not isinstance(value, list):
            raise kinds.invalid_kind("array", name)
        return [read_one(each, f"{name}[{index}]") for index, each in enumerate(value)]

    return read_list


def _mapped(read_one: Reader) -> Reader:
    def read_map(value: object, name: str) -> Parameters:
        # Names that are all digits arrive looking like a list.
        if isinstance(value, list):
            value = {str(index): each for index, each in enumerate(value)}
        if not isinstance(value, dict):
            raise kinds.invalid_kind("hash", name, "parameter_invalid_object")
        return {key: read_one(each, f"{name}[{key}]") for key, each in value.items()}

    return read_map
