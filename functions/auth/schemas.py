"""What the auth functions take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from shared.shapes import Input, Output, formed

Picture = Annotated[
    str,
    StringConstraints(pattern=r"^https://[^\s]+$", max_length=2048),
    formed("this must be an address that begins with https://, without spaces"),
]


class ProfileChange(Input):
    """What of a profile is to be changed; what is left out stays."""

    display_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    avatar_url: Picture | None = None


class Profile(Output):
    """How a person is shown to others."""

    id: UUID
    display_name: str | None
    avatar_url: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Session(Output):
    """One place where a person is signed in."""

    id: UUID
    created_at: AwareDatetime
    last_used_at: AwareDatetime
    user_agent: str | None
    ip: str | None
    is_current: bool


class SessionList(Output):
    """All of them: a person has few."""

    items: list[Session]


class Revoked(Output):
    """How many sessions were ended."""

    revoked: int
