"""Who calls, and what there is for them to reach: made anew for each operation, as some end what they use."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from functions.billing.payments import Client
from shared import keys, tokens
from shared.values import Pepper
from tests.shared.asgi import JSON_TYPE, Answer
from tests.world import Person, World

# Whose credentials do not hold, so that nothing that wants any may succeed for them.
STRANGERS = ("nobody", "malformed key", "unknown key", "revoked key", "forged token", "signed out")
SCOPES = ["api-keys:read", "billing:read", "billing:write", "members:read", "profile:read", "settings:read"]
MAIL = """
with effect as (
    insert into private.outbox (kind, dedupe_key, payload)
    values ('mail.key_expiring', gen_random_uuid()::text, '{}') returning id
)
insert into private.mail_deliveries (outbox_id, address_digest, category)
select id, sha256('nobody'), 'expiring_keys' from effect returning id
"""
ERROR = """
insert into private.error_reports (fingerprint, category, message, severity, metadata)
values (decode(%s, 'hex'), 'fuzz', 'It broke.', 'low', '{}') returning id
"""
Headers = list[tuple[str, str]]
Send = Callable[[str, str, Headers, bytes], Answer]


@dataclass
class Scene:
    """An organization with an owner, a member, a key and a key that has ended."""

    world: World
    send: Send
    pepper: Pepper
    shop: Client
    people: dict[str, Person] = field(default_factory=dict)
    credentials: dict[str, Headers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make everybody."""
        owner = self.people["owner"] = self.world.person()
        self.organization = self.world.organization(owner)
        self.people |= {name: self.world.member(self.organization, "member") for name in ("member", "signed out")}
        self.people["guest"], self.people["staff"] = self.world.person(), self.world.person()
        self.world.run("insert into private.staff (user_id, role) values (%s, 'ops')", self.people["staff"].id)
        self.world.run("delete from auth.sessions where id = %s", self.people["signed out"].session_id)
        text = keys.make("mainstay", live=False)[1].reveal()
        forged = self.bearer("owner")[0][1][:-8] + "AAAAAAAA"
        self.credentials = {
            "nobody": [],
            "malformed key": [("X-API-Key", text[:-1] + "-")],
            "unknown key": [("X-API-Key", text)],
            "forged token": [("Authorization", forged)],
            "revoked key": [("X-API-Key", self.revoked())],
            "key": [("X-API-Key", self.key()["key"])],
        }
        # To be ended by whoever may.
        self.spare = self.key()

    def headers(self, caller: str) -> Headers:
        """Return what a caller sends; tokens are signed anew, as they hold for minutes only."""
        return self.bearer(caller) if caller in self.people else self.credentials[caller]

    def bearer(self, name: str) -> Headers:
        """Return a person's token; staff have used their second factor."""
        claims = self.people[name].claims(aal="aal2" if name == "staff" else "aal1")
        return [("Authorization", f"Bearer {self.world.sign(claims)}")]

    def replace(self, caller: str) -> None:
        """Put somebody else in the place of a person, who is about to be erased."""
        if caller in {"owner", "member"}:
            self.people[caller] = self.world.person()

    def key(self) -> dict[str, Any]:
        """Make an API key of the owner's, through our own function."""
        body = {"name": "fuzz", "scopes": SCOPES, "orgId": str(self.organization)}
        return self._made("POST", "/auth/api-keys", body)

    def revoked(self) -> str:
        """Make an API key and end it."""
        made = self.key()
        self._made("DELETE", f"/auth/api-keys/{made['id']}")
        return str(made["key"])

    def session(self, caller: str) -> str:
        """Sign a person in once more."""
        person = self.people.get(caller, self.people["owner"])
        return str(
            self.world.value(
                "insert into auth.sessions (id, user_id, aal) values (gen_random_uuid(), %s, 'aal1') returning id",
                person.id,
            )
        )

    def invitation(self, caller: str) -> tuple[str, str]:
        """Invite the caller, or somebody else; return the invitation's id and its token."""
        person = self.people.get(caller, self.people["guest"])
        self.world.run("delete from invitations where org_id = %s", self.organization)
        token = secrets.token_urlsafe(32)
        email = f"{person.id}@example.com"
        made = self.world.invitation(self.people["owner"], self.organization, email, token=token)
        return str(made), token

    def error(self) -> str:
        """Return a kind of error that somebody reported."""
        return str(self.world.value(ERROR, secrets.token_hex()))

    def mail(self) -> str:
        """Return what stands at the end of the unsubscribe link of a mail."""
        delivery: UUID = self.world.value(MAIL)
        return f"{delivery}.{tokens.derive('unsubscribe', delivery, self.pepper)}"

    def _made(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raw = json.dumps(body).encode() if body else b""
        answer = self.send(method, path, [*self.bearer("owner"), *([JSON_TYPE] if raw else [])], raw)
        assert answer.status < 300, answer.body
        made: dict[str, Any] = answer.json()["data"]
        return made
