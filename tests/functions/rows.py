"""Rows as PostgREST sends them."""

from typing import Any

from tests.shared.fixtures import KEY_ID, ORG_ID, PERSON_ID

PROFILE: dict[str, Any] = {
    "id": PERSON_ID,
    "display_name": "Ann",
    "avatar_url": None,
    "created_at": "2026-11-21T02:31:00.123456+00:00",
    "updated_at": "2026-11-21T02:31:00+00:00",
}
API_KEY: dict[str, Any] = {
    "id": KEY_ID,
    "org_id": ORG_ID,
    "maker_id": PERSON_ID,
    "name": "CI",
    "lookup": "abcdefghijkl",
    "scopes": ["profile:read"],
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
    "created_at": "2026-11-21T02:31:00.123456+00:00",
    "updated_at": "2026-11-21T02:31:00.123456+00:00",
    "lineage_id": "44444444-4444-4444-8444-444444444444",
    "generation": 1,
    "idle_days": None,
    "allowed_cidrs": None,
    "requests_per_minute": None,
    "budget": None,
    "budget_period": None,
    "metadata": {},
    "last_used_ip": None,
    "last_used_agent": None,
}
API_KEY_SHOWN: dict[str, Any] = {
    "id": KEY_ID,
    "orgId": ORG_ID,
    "makerId": PERSON_ID,
    "name": "CI",
    "lookup": "abcdefghijkl",
    "scopes": ["profile:read"],
    "expiresAt": None,
    "revokedAt": None,
    "lastUsedAt": None,
    "createdAt": "2026-11-21T02:31:00.123456Z",
    "lineageId": "44444444-4444-4444-8444-444444444444",
    "generation": 1,
    "idleDays": None,
    "allowedCidrs": None,
    "requestsPerMinute": None,
    "budget": None,
    "budgetPeriod": None,
    "metadata": {},
    "lastUsedIp": None,
    "lastUsedAgent": None,
}
