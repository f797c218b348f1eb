"""Where a person is signed in, and signing out of it. What a session is belongs to Supabase Auth."""

from typing import Any

from mangum import Mangum

from functions.auth.schemas import Revoked, SessionList
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import PERSON


def listing(call: Call) -> SessionList:
    """Return every session of the caller, the latest used first."""
    rows: Any = call.db.rpc("list_sessions", {}).execute().data
    return SessionList.model_validate({"items": rows})


def revoke(call: Call) -> Revoked:
    """Sign out of one session, at once. Another person's, or a repeat, is not found."""
    call.db.rpc("revoke_session", {"session_id": str(call.path["id"])}).execute()
    return Revoked(revoked=1)


def revoke_others(call: Call) -> Revoked:
    """Sign out everywhere but here."""
    ended: Any = call.db.rpc("revoke_other_sessions", {}).execute().data
    return Revoked(revoked=ended)


endpoints = [
    Endpoint("GET", "/auth/sessions", listing, PERSON, gives=SessionList),
    Endpoint("DELETE", "/auth/sessions", revoke_others, PERSON, gives=Revoked),
    Endpoint("DELETE", "/auth/sessions/{id:uuid}", revoke, PERSON, gives=Revoked),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
