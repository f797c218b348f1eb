"""API keys: made by people, used by integrators. How a key looks and is digested is in shared/keys.py."""

from typing import Any

from mangum import Mangum

from functions.auth import queries
from functions.auth.key_schemas import (
    ApiKey,
    ApiKeyChange,
    ApiKeyPage,
    ApiKeys,
    CreatedApiKey,
    NewApiKey,
    OfOrganization,
    RevokedKeys,
    Rotation,
)
from functions.auth.minting import mint
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.errors import NotFound
from shared.principal import KEY, PERSON


def create(call: Call, new: NewApiKey) -> CreatedApiKey:
    """Make a key, which is shown this once: only its digest is stored."""
    minted = mint(call)
    terms = new.model_dump(mode="json", exclude_unset=True) | minted.stored(call)
    row: Any = call.db.rpc("create_api_key", terms).execute().data
    return minted.shown(call, row)


def listing(call: Call, page: ApiKeys) -> ApiKeyPage:
    """List the keys that the caller may read, without their secrets."""
    rows = queries.list_api_keys(call.db, page)
    return ApiKeyPage.model_validate(rows, from_attributes=True)


def read(call: Call) -> ApiKey:
    """Return one key: which generation it is, when it was last used and from where."""
    row = queries.read_api_key(call.db, call.path["id"])
    if row is None:
        raise NotFound("There is no such API key, or it is not yours.")
    return ApiKey.model_validate(row)


def change(call: Call, change: ApiKeyChange) -> ApiKey:
    """Change the terms that are sent. Limit and budget change for all generations of the key."""
    sent = change.model_dump(mode="json", exclude_unset=True)
    named: dict[str, Any] = {"key_id": str(call.path["id"]), "change": sent}
    row: Any = call.db.rpc("change_api_key", named).execute().data
    return ApiKey.model_validate(row)


def rotate(call: Call, rotation: Rotation) -> CreatedApiKey:
    """Make the next generation of a key; the old one is taken until the overlap ends, never past its own end."""
    minted = mint(call)
    terms = rotation.model_dump(mode="json") | minted.stored(call)
    row: Any = call.db.rpc("rotate_api_key", {"key_id": str(call.path["id"]), **terms}).execute().data
    return minted.shown(call, row)


def revoke(call: Call) -> ApiKey:
    """Revoke a key from the next request on; a repeat answers the same."""
    return ApiKey.model_validate(queries.revoke_api_key(call.db, call.path["id"]))


def revoke_all(call: Call, of: OfOrganization) -> RevokedKeys:
    """Revoke every key of an organization, from the next request on."""
    ended: Any = call.db.rpc("revoke_api_keys", {"org_id": str(of.org_id)}).execute().data
    return RevokedKeys(revoked=ended)


ONE = "/auth/api-keys/{id:uuid}"
WRITE = "api-keys:write"
endpoints = [
    Endpoint(
        *("POST", "/auth/api-keys", create, PERSON, WRITE, NewApiKey, CreatedApiKey),
        status=201,
        limit="key-create",
        idempotent=True,
    ),
    Endpoint("GET", "/auth/api-keys", listing, PERSON | KEY, "api-keys:read", ApiKeys, ApiKeyPage),
    Endpoint("DELETE", "/auth/api-keys", revoke_all, PERSON, WRITE, OfOrganization, RevokedKeys),
    Endpoint("GET", ONE, read, PERSON | KEY, "api-keys:read", gives=ApiKey),
    Endpoint("PATCH", ONE, change, PERSON, WRITE, ApiKeyChange, ApiKey),
    Endpoint("DELETE", ONE, revoke, PERSON, WRITE, gives=ApiKey),
    Endpoint(
        *("POST", f"{ONE}/rotate", rotate, PERSON, WRITE, Rotation, CreatedApiKey),
        status=201,
        limit="key-create",
        idempotent=True,
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
