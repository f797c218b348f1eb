"""What most tests of shared/ and functions/ stand on: settings, and a server in PostgREST's place."""

import base64
from collections.abc import Iterator

import pytest

from shared import config
from shared.config import Settings
from shared.visit import Visit
from shared.wire import wire_to
from tests.shared.upstream import Upstream

PEPPERS = ",".join(f"{version}:{base64.urlsafe_b64encode(bytes([version]) * 32).decode()}" for version in (1, 2))
ENVIRONMENT = {
    "SUPABASE_URL": "http://127.0.0.1:21999",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_for_tests",
    "FUNCTION_KEY": "function-key-that-nobody-may-see",
    "API_KEY_PEPPERS": PEPPERS,
    "ALLOWED_ORIGINS": "https://app.example.com",
    "RELEASE": "tested",
}
PERSON_ID = "11111111-1111-4111-8111-111111111111"
KEY_ID = "22222222-2222-4222-8222-222222222222"
ORG_ID = "33333333-3333-4333-8333-333333333333"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
BEARER = ("Authorization", f"Bearer {JWT}")
PERSON_ADMITTED = {"admitted": True, "principal": {"kind": "person", "id": PERSON_ID, "aal": "aal1"}}
KEY_ADMITTED = {
    "admitted": True,
    "principal": {
        "kind": "key",
        "id": KEY_ID,
        "lookup": "abcdefghijkl",
        "maker_id": PERSON_ID,
        "org_id": ORG_ID,
        "scopes": ["profile:read"],
    },
}
VISIT = Visit(method="GET", path="/", request_id="request-0001")


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    wire_to(server.url).close()
    server.close()


@pytest.fixture
def settings(upstream: Upstream) -> Settings:
    return Settings.read(ENVIRONMENT | {"SUPABASE_URL": upstream.url})


@pytest.fixture
def environment(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the process's own environment, for the functions as they are deployed."""
    for name, value in (ENVIRONMENT | {"SUPABASE_URL": upstream.url}).items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()
