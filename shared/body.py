"""The text a client sent, read strictly: JSON bodies and query strings. Not what the fields mean."""

import json
import math
from typing import NoReturn
from urllib.parse import parse_qsl

from shared.errors import ValidationError

DEEPEST = 32
LONGEST_INTEGER = 20
MOST_PARAMETERS = 50


def read_json(raw: bytes) -> bytes:
    """Return the body if it is one JSON object that every parser reads alike; raises ValidationError otherwise."""
    try:
        read = json.loads(
            raw.decode(), object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except UnicodeDecodeError:
        raise ValidationError("The body is not UTF-8 text.") from None
    except (ValueError, RecursionError):
        raise ValidationError("The body is not valid JSON.") from None
    if not isinstance(read, dict):
        raise ValidationError("The body must be a JSON object.")
    _inspect(read, 1)
    return raw


def read_query(raw: bytes) -> dict[str, str]:
    """Return the parameters of a query string; raises ValidationError for a repeated one or text nobody can store."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise ValidationError("The query string is not valid.") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise ValidationError("A query parameter is repeated. Send each one once.")
    _inspect(parameters, 1)
    return parameters


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValidationError("A name is repeated within one JSON object. Send each one once.")
    return members


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise ValidationError(f"A number has more than {LONGEST_INTEGER} digits.")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValidationError("A number is too large.")
    return number


def _constant(_: str) -> NoReturn:
    raise ValidationError("NaN and Infinity are not JSON. Send a number or null.")


def _inspect(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise ValidationError(f"The body is nested deeper than {DEEPEST} levels.")
    if isinstance(value, str):
        _inspect_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _inspect_text(name)
            _inspect(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _inspect(member, depth + 1)


def _inspect_text(text: str) -> None:
    # Postgres stores no NUL, and half a surrogate pair is not a character.
    if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise ValidationError("A text contains a NUL character or half of a surrogate pair.")
