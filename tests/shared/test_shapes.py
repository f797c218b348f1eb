from typing import Annotated
from uuid import UUID

import pytest
from pydantic import AwareDatetime, Field

from shared.errors import ValidationError
from shared.shapes import Input, Output


class Asked(Input):
    display_name: Annotated[str, Field(max_length=5)]
    org_id: UUID | None = None
    starts_at: AwareDatetime | None = None
    wanted: bool = False
    tags: Annotated[list[str], Field(default_factory=list)]


class Shown(Output):
    display_name: str


def problems(raw: bytes) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        Asked.read_json(raw)
    return {detail["field"]: detail["problem"] for detail in refused.value.details}


def test_fields_are_camel_case_outside_and_snake_case_inside() -> None:
    assert Asked.read_json(b'{"displayName":"Ann","startsAt":"2026-01-01T00:00:00Z"}').display_name == "Ann"
    assert Shown.model_validate({"display_name": "Ann", "password": "x"}).write() == b'{"displayName":"Ann"}'


def test_every_wrong_field_is_named_as_the_client_wrote_it_and_its_value_is_not_repeated() -> None:
    told = problems(b'{"displayName":"hunter22","orgId":"hunter22","tags":["a",7],"hunter_22":1}')
    assert set(told) == {"displayName", "orgId", "tags.1", "hunter_22"}
    assert "hunter22" not in str(told)
    assert told["orgId"] == "This must be a UUID."


def test_a_missing_body_is_missing_fields() -> None:
    assert problems(b"") == {"displayName": "This field is required."}


def test_the_inside_name_is_not_an_outside_name() -> None:
    assert set(problems(b'{"display_name":"Ann"}')) == {"displayName", "display_name"}


@pytest.mark.parametrize(
    "raw", [b'{"displayName":7}', b'{"displayName":"A","wanted":"yes"}', b'{"displayName":"A","startsAt":1}']
)
def test_json_types_are_not_converted(raw: bytes) -> None:
    assert len(problems(raw)) == 1


def test_an_unknown_name_that_is_not_plain_is_not_repeated() -> None:
    assert "(unknown)" in problems(b'{"displayName":"A","<script>":1}')
