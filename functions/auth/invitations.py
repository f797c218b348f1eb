"""Invitations to an organization. The mail is an outbox row's work; the token in it is derived, and stored nowhere."""

from typing import Any
from uuid import uuid4

from mangum import Mangum

from functions.auth import queries
from functions.auth.invitation_schemas import (
    Acceptance,
    Invitation,
    InvitationPage,
    Invitations,
    Membership,
    NewInvitation,
)
from shared import tokens
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.hints import hint
from shared.principal import PERSON


def create(call: Call, new: NewInvitation) -> Invitation:
    """Invite an address. Whether it has an account shows in nothing that is answered."""
    invitation, pepper = uuid4(), call.settings.peppers[0]
    token = tokens.derive("invitation", invitation, pepper)
    stored = {"id": str(invitation), "pepper_version": pepper.version, "digest": tokens.digest(token)}
    row: Any = call.db.rpc("create_invitation", new.model_dump(mode="json") | stored).execute().data
    hint(call.settings)
    return Invitation.model_validate(row)


def listing(call: Call, page: Invitations) -> InvitationPage:
    """Return the invitations of organizations whose members the caller manages."""
    return InvitationPage.model_validate(queries.list_invitations(call.db, page), from_attributes=True)


def resend(call: Call) -> Invitation:
    """Send an invitation again, for another 7 days."""
    row = queries.change_invitation(call.db, "resend_invitation", call.path["id"])
    hint(call.settings)
    return Invitation.model_validate(row)


def revoke(call: Call) -> Invitation:
    """End an invitation; a repeat answers the same."""
    return Invitation.model_validate(queries.change_invitation(call.db, "revoke_invitation", call.path["id"]))


def accept(call: Call, acceptance: Acceptance) -> Membership:
    """Join, once, with the address that the caller confirmed."""
    row: Any = call.db.rpc("accept_invitation", {"token": acceptance.token}).execute().data
    return Membership.model_validate(row)


endpoints = [
    Endpoint(
        *("POST", "/auth/invitations", create, PERSON, "members:write", NewInvitation, Invitation),
        status=201,
        idempotent=True,
    ),
    Endpoint("GET", "/auth/invitations", listing, PERSON, "members:write", Invitations, InvitationPage),
    Endpoint("POST", "/auth/invitations/accept", accept, PERSON, takes=Acceptance, gives=Membership),
    Endpoint("POST", "/auth/invitations/{id:uuid}/resend", resend, PERSON, "members:write", gives=Invitation),
    Endpoint("DELETE", "/auth/invitations/{id:uuid}", revoke, PERSON, "members:write", gives=Invitation),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
