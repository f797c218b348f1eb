"""Making an API key the usual way: drawn by the standard library, its digest inserted as the person who asks."""

import hashlib
import secrets
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI
from mangum import Mangum
from pydantic import AwareDatetime, ConfigDict, Field, IPvAnyNetwork, StringConstraints
from pydantic.alias_generators import to_camel

from bench.usual.answers import Camel, enveloped
from bench.usual.caller import current_user, supabase

app = FastAPI()


class NewApiKey(Camel):
    """A key to be made, in the terms that ours takes."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    scopes: Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(min_length=1, max_length=50)]
    org_id: UUID | None = None
    expires_at: AwareDatetime | None = None
    idle_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    allowed_cidrs: Annotated[list[IPvAnyNetwork], Field(min_length=1, max_length=50)] | None = None
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    budget: Annotated[int, Field(ge=0, le=1_000_000_000_000)] | None = None
    budget_period: Literal["day", "month"] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class ApiKey(Camel):
    """A key as it is shown, once with its whole text."""

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
    key: str


@app.post("/functions/v1/auth/api-keys", status_code=201)
def create(new: NewApiKey, user_id: Annotated[str, Depends(current_user)]) -> dict[str, Any]:
    """Insert the key's digest and return its text, once."""
    key = f"mainstay_sk_test_{secrets.token_urlsafe(32)}"
    row = new.model_dump(mode="json", exclude_unset=True) | {
        "maker_id": user_id,
        "lookup": key[17:29],
        "digest": hashlib.sha256(key.encode()).hexdigest(),
    }
    made = supabase.table("api_keys").insert(row).execute()
    return enveloped(ApiKey.model_validate(made.data[0] | {"key": key}))


handler = Mangum(app, lifespan="off")
