"""What the auth functions take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.pages import Page
from shared.shapes import Input, Output

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Scope = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,38}:(read|write)$")]


class NewApiKey(Input):
    """A key to be made; without an organization it belongs to the maker's personal one."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=50)]
    org_id: UUID | None = None
    expires_at: AwareDatetime | None = None


class ApiKeys(Page):
    """A page of keys, of one organization or of all that the caller may see."""

    org_id: UUID | None = None


class ApiKey(Output):
    """A key as it is listed: everything but its secret."""

    id: UUID
    org_id: UUID
    maker_id: UUID
    name: str
    lookup: str
    scopes: list[str]
    expires_at: AwareDatetime | None
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class CreatedApiKey(ApiKey):
    """A new key with its whole text, which nobody can read again."""

    key: str


class ApiKeyPage(Output):
    """A page of keys, newest first."""

    items: list[ApiKey]
    next_cursor: str | None
    has_more: bool


class Profile(Output):
    """How a person is shown to others."""

    id: UUID
    display_name: str | None
    avatar_url: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
