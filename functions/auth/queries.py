"""The statements of the auth functions. Who may see which row is not here: policies decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.pages import Rows, fetch

if TYPE_CHECKING:
    # Names of arguments only: each function imports the models that are its own.
    from collections.abc import Mapping
    from uuid import UUID

    from postgrest import SyncPostgrestClient

    from functions.auth.invitation_schemas import Invitations
    from functions.auth.key_schemas import ApiKeys

API_KEY = (
    "id,org_id,maker_id,name,lookup,scopes,lineage_id,generation,expires_at,idle_days,allowed_cidrs,"
    "requests_per_minute,budget,budget_period,metadata,created_at,last_used_at,last_used_ip,last_used_agent,revoked_at"
)
INVITATION = "id,org_id,email,role,invited_by,sends,expires_at,accepted_at,revoked_at,created_at"
PROFILE = "id,display_name,avatar_url,created_at,updated_at"


def list_api_keys(db: SyncPostgrestClient, page: ApiKeys) -> Rows:
    """Return the keys that the caller may read, newest first."""
    query = db.from_("api_keys").select(API_KEY)
    return fetch(query.eq("org_id", page.org_id) if page.org_id else query, page)


def read_api_key(db: SyncPostgrestClient, key_id: UUID) -> Any:  # noqa: ANN401 - one row as JSON
    """Return a key, or nothing if it is not the caller's to read."""
    rows = db.from_("api_keys").select(API_KEY).eq("id", str(key_id)).limit(1).execute().data
    return rows[0] if rows else None


def revoke_api_key(db: SyncPostgrestClient, key_id: UUID) -> Any:  # noqa: ANN401 - one row as JSON
    """Revoke a key for good and return its row; a repeat returns the same row."""
    return db.rpc("revoke_api_key", {"key_id": str(key_id)}).execute().data


def read_profile(db: SyncPostgrestClient, person: str) -> Any:  # noqa: ANN401 - one row as JSON
    """Return a person's profile, or nothing if it is not the caller's to read."""
    rows = db.from_("profiles").select(PROFILE).eq("id", person).limit(1).execute().data
    return rows[0] if rows else None


def change_profile(db: SyncPostgrestClient, person: str, change: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one row as JSON
    """Change a person's own profile and return it, or nothing if it is not the caller's to change."""
    rows = db.from_("profiles").update(dict(change)).eq("id", person).execute().data
    return rows[0] if rows else None


def list_invitations(db: SyncPostgrestClient, page: Invitations) -> Rows:
    """Return the invitations that the caller manages, newest first."""
    query = db.from_("invitations").select(INVITATION)
    return fetch(query.eq("org_id", page.org_id) if page.org_id else query, page)


def change_invitation(db: SyncPostgrestClient, function: str, invitation: UUID) -> Any:  # noqa: ANN401 - one row as JSON
    """Send an invitation again or revoke it, and return its row."""
    return db.rpc(function, {"invitation_id": str(invitation)}).execute().data
