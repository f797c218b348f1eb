"""What the functions of API keys take and give."""

import json
from ipaddress import IPv6Network, ip_network
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from shared.pages import Page
from shared.shapes import Input, Output

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
# Which scopes there are, the database knows and says.
Scope = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=50)]

IdleDays = Annotated[int, Field(ge=1, le=3650)]
PerMinute = Annotated[int, Field(ge=1, le=1_000_000)]
Budget = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
Period = Literal["day", "month"]
THIRTY_DAYS = 30 * 24 * 3600
LARGEST_NOTES = 4096


def _network(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError("this must be an address or a network without host bits, such as 203.0.113.0/24") from None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        raise ValueError("this is an IPv4 network within IPv6: write it as IPv4, as callers are seen")
    return str(network)


def _small(notes: dict[str, Any]) -> dict[str, Any]:
    # Postgres writes JSON with a space after each colon and comma, and counts bytes.
    if len(json.dumps(notes, ensure_ascii=False).encode()) > LARGEST_NOTES:
        raise ValueError("this can be 4 KB of JSON at most")
    return notes


Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], Field(min_length=1, max_length=50)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]


class NewApiKey(Input):
    """A key to be made; without an organization it belongs to the maker's personal one."""

    name: Name
    scopes: Scopes
    org_id: UUID | None = None
    expires_at: AwareDatetime | None = None
    idle_days: IdleDays | None = None
    allowed_cidrs: Networks | None = None
    requests_per_minute: PerMinute | None = None
    budget: Budget | None = None
    budget_period: Period | None = None
    metadata: Metadata = Field(default_factory=dict)


class ApiKeyChange(Input):
    """What of a key is to be changed; what is left out stays, null takes a bound away."""

    name: Name = ""
    scopes: Scopes = Field(default_factory=list)
    expires_at: AwareDatetime | None = None
    idle_days: IdleDays | None = None
    allowed_cidrs: Networks | None = None
    requests_per_minute: PerMinute | None = None
    budget: Budget | None = None
    budget_period: Period | None = None
    metadata: Metadata = Field(default_factory=dict)


class Rotation(Input):
    """How a key gives way to its next generation: for how long both are taken, and when the new one ends."""

    overlap_seconds: Annotated[int, Field(ge=0, le=THIRTY_DAYS)] = 24 * 3600
    expires_at: AwareDatetime | None = None


class ApiKeys(Page):
    """A page of keys, of one organization or of all that the caller may see."""

    org_id: UUID | None = None


class OfOrganization(Input):
    """Which organization's."""

    org_id: UUID


class ApiKey(Output):
    """A key as it is listed: everything but its secret."""

    id: UUID
    org_id: UUID
    maker_id: UUID
    name: str
    lookup: str
    scopes: list[str]
    lineage_id: UUID
    generation: int
    expires_at: AwareDatetime | None
    idle_days: int | None
    allowed_cidrs: list[str] | None
    requests_per_minute: int | None
    budget: int | None
    budget_period: str | None
    metadata: dict[str, Any]
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    last_used_ip: str | None
    last_used_agent: str | None
    revoked_at: AwareDatetime | None


class CreatedApiKey(ApiKey):
    """A new key with its whole text, which nobody can read again."""

    key: str


class ApiKeyPage(Output):
    """A page of keys, newest first."""

    items: list[ApiKey]
    next_cursor: str | None
    has_more: bool


class RevokedKeys(Output):
    """How many keys were ended."""

    revoked: int


class LeakedKey(Input):
    """A key that is where it should not be, whole."""

    key: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Ended(Output):
    """What became of a leaked key."""

    revoked: bool
