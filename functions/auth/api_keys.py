"""API keys: made by people, used by integrators. How a key looks and is digested is in shared/keys.py."""

from typing import Any

from mangum import Mangum

from functions.auth import queries
from functions.auth.schemas import ApiKey, ApiKeyPage, ApiKeys, CreatedApiKey, NewApiKey
from shared import keys
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON


def create(call: Call, new: NewApiKey) -> CreatedApiKey:
    """Return the key once; only its digest is stored."""
    key, text = keys.make(call.settings.brand, live=call.settings.live)
    pepper = call.settings.peppers[0]
    stored = {"lookup": key.lookup, "pepper_version": pepper.version, "digest": key.digest(pepper)}
    row: Any = call.db.rpc("create_api_key", new.model_dump(mode="json") | stored).execute().data
    return CreatedApiKey.model_validate(row | {"key": text.reveal()})


def listing(call: Call, page: ApiKeys) -> ApiKeyPage:
    """Return the keys that the caller may read, without their secrets."""
    rows = queries.list_api_keys(call.db, page)
    return ApiKeyPage.model_validate(rows, from_attributes=True)


def revoke(call: Call) -> ApiKey:
    """Revoke a key from the next request on; a repeat answers the same."""
    return ApiKey.model_validate(queries.revoke_api_key(call.db, call.path["id"]))


endpoints = [
    Endpoint("POST", "/auth/api-keys", create, PERSON, "api-keys:write", NewApiKey, CreatedApiKey, status=201),
    Endpoint("GET", "/auth/api-keys", listing, PERSON | KEY, "api-keys:read", ApiKeys, ApiKeyPage),
    Endpoint("DELETE", "/auth/api-keys/{id:uuid}", revoke, PERSON, "api-keys:write", gives=ApiKey),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
