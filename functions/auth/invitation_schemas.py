"""What the functions of invitations take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, StringConstraints

from shared.addresses import read_address
from shared.pages import Page
from shared.shapes import Input, Output, formed

# As the table has it: what Postgres refuses, it shows in its own log. What no mail can go to is refused besides.
ADDRESS = r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s\x00-\x1f\x7f-\x9f]+$"
LONGEST_ADDRESS = 254
NONE = "this must be an e-mail address, such as ada@example.com"


def _mailable(address: str) -> str:
    # Some capitals are two small letters.
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"this can have {LONGEST_ADDRESS} characters at most")
    try:
        read_address(address)
    except ValueError:
        raise ValueError(NONE) from None
    return address


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=3, max_length=LONGEST_ADDRESS, pattern=ADDRESS),
    formed(NONE),
    AfterValidator(_mailable),
]


class NewInvitation(Input):
    """An address to be invited."""

    org_id: UUID
    email: Address
    role: Annotated[str, StringConstraints(min_length=1, max_length=31)]


class Invitations(Page):
    """A page of invitations, of one organization or of all that the caller manages."""

    org_id: UUID | None = None


class Invitation(Output):
    """An invitation, which never shows its token."""

    id: UUID
    org_id: UUID
    email: str
    role: str
    invited_by: UUID | None
    sends: int
    expires_at: AwareDatetime
    accepted_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    created_at: AwareDatetime


class InvitationPage(Output):
    """A page of invitations, newest first."""

    items: list[Invitation]
    next_cursor: str | None
    has_more: bool


class Acceptance(Input):
    """The token from the mail."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Membership(Output):
    """Somebody's place in an organization."""

    org_id: UUID
    user_id: UUID
    role: str
    created_at: AwareDatetime
