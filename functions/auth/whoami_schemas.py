"""What whoami gives."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.shapes import Output


class Organization(Output):
    """An organization that the caller is in. Role and scopes are a person's; a key needs settings:read for the name."""

    id: UUID
    name: str | None
    role: str | None = None
    scopes: list[str] | None = None


class Standing(Output):
    """A limit: `left` requests now, all `quantity` of them again in `reset` seconds, one more in `wait` seconds."""

    name: str
    quantity: int
    window: int
    left: int
    reset: int
    wait: int


class Reason(Output):
    """Why a call would be refused, and what to do about it."""

    code: str
    message: str


class Explanation(Output):
    """Whether a call that needs the scope would be let in now, and every reason why not."""

    allowed: bool
    reasons: list[Reason]


class Identity(Output):
    """A person or an API key. What only a key has is null for a person."""

    kind: Literal["person", "key"]
    id: UUID
    plan: str
    organizations: list[Organization]
    limits: list[Standing]
    aal: str | None = None
    scopes: list[str] | None = None
    lookup: str | None = None
    name: str | None = None
    maker_id: UUID | None = None
    org_id: UUID | None = None
    generation: int | None = None
    rotated: bool | None = None
    expires_at: AwareDatetime | None = None
    budget: int | None = None
    budget_left: int | None = None
    explanation: Explanation | None = None
