"""What a parameter may be, read from the SDK's own annotations and closed: no open enumeration, no unknown name.

The SDK writes an enumeration as `Literal[…] | str`, so that a typo passes its types. Here it does not.
"""

import sys
import types
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions

from dev.stripe.refusal import Refused

Reader = Callable[[Any, str], Any]
WRAPPERS = (NotRequired, Required, typing_extensions.NotRequired, typing_extensions.Required, Annotated)
# What a request is sent with; the SDK's types mix it with the body.
OPTIONS = "RequestOptions"
TRUE_FALSE = {"true": True, "false": False, "1": True, "0": False}


def resolve(annotation: object, module: str) -> object:
    """Return an annotation with its forward references looked up in the module that wrote it."""
    while isinstance(annotation, str | ForwardRef) or get_origin(annotation) in WRAPPERS:
        if isinstance(annotation, str | ForwardRef):
            text = annotation if isinstance(annotation, str) else annotation.__forward_arg__
            annotation = eval(text, vars(sys.modules[module]))  # noqa: S307 - the SDK's own annotations
        else:
            annotation = get_args(annotation)[0]
    return annotation


def members(annotation: object, module: str) -> list[object]:
    """Return what a value may be, one by one, with open enumerations closed."""
    found = resolve(annotation, module)
    if get_origin(found) not in {Union, types.UnionType}:
        return [found]
    flat = [each for part in get_args(found) for each in members(part, module)]
    closed = any(get_origin(each) is Literal and any(get_args(each)) for each in flat)
    return [each for each in flat if not (each is str and closed) and not _is_untyped(each)]


def _is_untyped(kind: object) -> bool:
    return getattr(get_origin(kind) or kind, "__name__", "") == "UntypedStripeObject"


def invalid_kind(wanted: str, name: str, code: str | None = None) -> Refused:
    """Return the refusal of a value that is something else."""
    return Refused(f"Invalid {wanted}: {name}", code=code or f"parameter_invalid_{wanted}", param=name, kept=False)


def read_whole(value: object, name: str) -> int:
    """Read a whole number."""
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    if not (isinstance(value, str) and digits.isascii() and digits.isdigit()):
        raise invalid_kind("integer", name)
    return int(value)


def read_decimal(value: object, name: str) -> Decimal:
    """Read a number with a fraction."""
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal("nan")
    except InvalidOperation:
        raise invalid_kind("decimal", name) from None
    if not number.is_finite():
        raise invalid_kind("decimal", name)
    return number


def read_float(value: object, name: str) -> float:
    """Read a number with a fraction, as a float."""
    return float(read_decimal(value, name))


def read_truth(value: object, name: str) -> bool:
    """Read true or false."""
    if not isinstance(value, str) or value not in TRUE_FALSE:
        raise invalid_kind("boolean", name)
    return TRUE_FALSE[value]


def read_text(value: object, name: str) -> str:
    """Read a text; 5,000 characters is the most Stripe takes anywhere."""
    most = 5000
    if not isinstance(value, str):
        raise invalid_kind("string", name)
    if len(value) > most:
        raise Refused(
            f"Invalid string: {name} must be at most {most} characters",
            code="parameter_invalid_string",
            param=name,
            kept=False,
        )
    return value


LEAVES: dict[object, Reader] = {
    int: read_whole,
    float: read_float,
    Decimal: read_decimal,
    bool: read_truth,
    str: read_text,
    object: read_text,
}
