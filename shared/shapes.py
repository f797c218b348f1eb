"""What clients send and get, as pydantic models: camelCase outside, snake_case inside."""

import re
from collections.abc import Callable, Mapping
from typing import Self, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from shared.errors import ValidationError
from shared.sentences import sentence_of

Model = TypeVar("Model", bound=BaseModel)
PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Input(BaseModel):
    """What a client sends: unknown fields are refused, and JSON types are not converted into one another."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    @classmethod
    def read_json(cls, raw: bytes) -> Self:
        """Read a body; raises our ValidationError with one line per field."""
        return _refusing(lambda: cls.model_validate_json(raw or b"{}", strict=True))

    @classmethod
    def read_query(cls, parameters: Mapping[str, str]) -> Self:
        """Read a query string, where every value is text."""
        return _refusing(lambda: cls.model_validate_strings(dict(parameters)))


class Output(BaseModel):
    """What a client gets: made from a row, of which it keeps the fields it names."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, hide_input_in_errors=True, validate_by_name=True
    )

    def write(self) -> bytes:
        """Return this as JSON."""
        return self.model_dump_json(by_alias=True).encode()


def formed(sentence: str) -> WrapValidator:
    """Return what says this, without its period, of a text that has not the form that its pattern wants."""

    def read(text: object, inner: ValidatorFunctionWrapHandler) -> object:
        try:
            return inner(text)
        except pydantic.ValidationError as refused:
            if refused.errors()[0]["type"] != "string_pattern_mismatch":
                raise
            raise ValueError(sentence) from None

    return WrapValidator(read)


def _refusing(read: Callable[[], Model]) -> Model:
    try:
        return read()
    except pydantic.ValidationError as refused:
        found = refused.errors(include_url=False, include_input=False)
        raise ValidationError(details=[_detail(each) for each in found]) from None


def _detail(found: ErrorDetails) -> dict[str, str]:
    return {
        "field": ".".join(_name(part) for part in found["loc"]),
        "problem": sentence_of(found["type"], found.get("ctx", {})),
    }


def _name(part: int | str) -> str:
    # An unknown field's name is the client's own text.
    return str(part) if isinstance(part, int) or PLAIN_NAME.fullmatch(part) else "(unknown)"
