"""The provider's events: who bounced or complained is noted, and nothing that the provider did not sign."""

import base64
import json
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.core import mail, svix
from shared.admission import admit
from shared.app import App, build
from shared.errors import Unauthenticated
from shared.values import Secret
from shared.visit import Visit
from tests.mailing import Mailing, address_of, by_resend, header, invite, key, mailing, organization, owner, resend
from tests.shared.asgi import Answer, ask
from tests.shared.resend_double import Resend
from tests.world import Key, Person

__all__ = ["key", "mailing", "organization", "owner", "resend"]
WEBHOOK = "whsec_" + base64.b64encode(b"s" * 24).decode()


@pytest.fixture
def app(mailing: Mailing) -> App:
    settings = mailing.using(resend_webhook_secret=Secret(WEBHOOK)).settings
    return build(mail.endpoints, admit=admit, settings=lambda: settings)


def signed(event: Any, **changed: str) -> dict[str, Any]:
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = changed.get("timestamp", str(int(time.time())))
    signature = f"v1,{svix.sign(raw, 'msg_1', moment, WEBHOOK)}"
    headers = {"svix-id": "msg_1", "svix-timestamp": moment, "svix-signature": changed.get("signature", signature)}
    return {"headers": [*headers.items(), ("Content-Type", "application/json")], "body": raw}


def bounce(kind: str, to: list[Any], provider_id: str = "none", **more: Any) -> dict[str, Any]:
    return {"type": kind, "created_at": "2026-11-21T00:00:00Z", "data": {"email_id": provider_id, "to": to, **more}}


PERMANENT = {"bounce": {"type": "Permanent", "subType": "General", "message": "no such user"}}


def tell(app: App, event: Any, **changed: str) -> Answer:
    return ask(app, "POST", "/core/mail/events", **signed(event, **changed))


def test_nothing_goes_to_an_address_that_bounced(
    app: App, mailing: Mailing, resend: Resend, key: Key, owner: Person
) -> None:
    through, row = by_resend(mailing, resend), f"key_made:{key.id}"
    through.send(row)
    found = mailing.row(row)
    assert found
    kept = mailing.world.value("select provider_id from private.mail_deliveries where outbox_id = %s", UUID(found[0]))
    event = bounce("email.bounced", [address_of(owner).upper()], kept, **PERMANENT)
    assert [tell(app, event).json()["data"] for _ in range(2)] == [{"received": True}] * 2
    assert mailing.outcomes(row) == [("bounced", 0)]
    second = mailing.world.key(owner, mailing.world.organization(owner), ["profile:read"])
    through.send(f"key_made:{second.id}")
    assert (len(resend.sent), mailing.outcomes(f"key_made:{second.id}")) == (1, [("suppressed", 0)])


def test_a_bounce_of_mail_that_is_not_ours_changes_nothing(app: App, mailing: Mailing, owner: Person, key: Key) -> None:
    assert tell(app, bounce("email.bounced", [address_of(owner)], str(uuid4()), **PERMANENT)).status == 200
    mailing.send(f"key_made:{key.id}")
    assert len(mailing.received(address_of(owner))) == 1


def test_who_complained_gets_what_is_essential_only(
    app: App, mailing: Mailing, owner: Person, organization: UUID, key: Key
) -> None:
    first, second = (
        invite(mailing, owner, of, address_of(owner)) for of in (organization, mailing.world.organization(owner))
    )
    mailing.send(first)
    (letter,) = mailing.received(address_of(owner))
    assert tell(app, bounce("email.complained", [address_of(owner)], str(header(letter, "Message-ID")))).status == 200
    mailing.send(second)
    mailing.send(f"key_made:{key.id}")
    assert [each["subject"] for each in mailing.received(address_of(owner))] == [
        "A new API key in Acme b: key",
        "Invitation to Acme b",
    ]


@pytest.mark.parametrize(
    "event",
    [
        bounce("email.bounced", ["{address}"], bounce={"type": "Transient"}),
        bounce("email.bounced", ["{address}"]),
        bounce("email.delivered", ["{address}"]),
        bounce("email.complained", [5, None]),
        {"type": "email.complained", "data": {"to": "{address}"}},
        {"type": "email.complained", "data": "{address}"},
        {"type": ["email.complained"]},
        {},
    ],
)
def test_other_events_are_taken_and_change_nothing(app: App, mailing: Mailing, event: Any) -> None:
    address = f"{uuid4()}@guests.example.com"
    before = mailing.world.value("select count(*) from private.mail_suppressions")
    assert tell(app, json.loads(json.dumps(event).replace("{address}", address))).status == 200
    assert mailing.world.value("select count(*) from private.mail_suppressions") == before


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "v1," + "A" * 43 + "="},
        {"signature": ""},
        {"signature": "v2,x v1a,y"},
        {"signature": "v1,\xfc"},
        {"seconds": -400},
        {"seconds": 400},
        {"timestamp": "now"},
        {"timestamp": "9" * 13},
        {"timestamp": ""},
    ],
)
def test_what_resend_did_not_sign_just_now_is_refused(app: App, changed: dict[str, Any]) -> None:
    if "seconds" in changed:
        changed = {"timestamp": str(int(time.time()) + changed["seconds"])}
    assert tell(app, bounce("email.complained", ["ann@example.com"]), **changed).status == 401


def test_a_signature_covers_every_byte(app: App) -> None:
    sent = signed(bounce("email.complained", ["ann@example.com"]))
    assert ask(app, "POST", "/core/mail/events", sent["headers"], sent["body"] + b" ").status == 401
    assert ask(app, "POST", "/core/mail/events", [], sent["body"]).status == 401
    assert tell(app, b"[]").status == 400


@pytest.mark.parametrize("prefix", ["svix", "webhook"])
def test_an_event_signed_by_an_old_and_a_new_secret_is_taken(prefix: str) -> None:
    # From Svix's own page on verifying by hand.
    secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"
    raw = b'{"event_type":"ping","data":{"success":true}}'
    given = {
        "id": "msg_loFOjxBNrRLzqYUf",
        "timestamp": "1731705121",
        "signature": "v1,other v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    }
    visit = Visit(
        method="POST",
        path="/",
        request_id="request-0001",
        headers=tuple((f"{prefix}-{name}".encode(), value.encode()) for name, value in given.items()),
    )
    svix.verify(raw, visit, Secret(secret), clock=lambda: 1731705121 + 299)
    with pytest.raises(Unauthenticated):
        svix.verify(raw, visit, Secret(secret), clock=lambda: 1731705121 + 301)
    with pytest.raises(Unauthenticated, match="takes no events"):
        svix.verify(raw, visit, Secret(""), clock=lambda: 1731705121)


def test_a_secret_that_is_none_signs_nothing() -> None:
    with pytest.raises(ValueError, match="base64"):
        svix.sign(b"{}", "msg_1", "1731705121", "whsec_%%%")
