"""The people, organizations and keys that tests make: each test its own, so that nothing needs cleaning."""

import hashlib
import hmac
import secrets
import string
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
Claims = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in: the claims that Supabase Auth would sign for them."""

    id: UUID
    session_id: UUID
    personal_org: UUID

    def claims(self, **changes: object) -> Claims:
        """Return a full set of claims, with some changed, or left out where the change is None."""
        now = int(time.time())
        claims: Claims = {
            "sub": str(self.id),
            "session_id": str(self.session_id),
            "role": "authenticated",
            "aud": "authenticated",
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "is_anonymous": False,
            "email": f"{self.id}@example.com",
            "iat": now,
            "exp": now + 900,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}


@dataclass(frozen=True)
class Key:
    """An API key as the gate sees it."""

    id: UUID
    lookup: str
    maker: UUID
    org_id: UUID
    scopes: tuple[str, ...]
    secret: str = field(repr=False)

    def presented(self, *, version: int = 1, secret: str | None = None) -> str:
        """Return the value of X-Api-Key as our functions send it."""
        return f"{self.lookup}.{version}:{digest_of(secret or self.secret)}"

    def claims(self) -> Claims:
        """Return the claims that the gate sets for this key."""
        return {
            "role": "integrator",
            "sub": str(self.id),
            "maker": str(self.maker),
            "org_id": str(self.org_id),
            "scopes": list(self.scopes),
        }


def digest_of(secret: str) -> str:
    """Return the digest of a secret under the pepper of these tests."""
    return hmac.new(b"pepper of the tests", secret.encode(), hashlib.sha256).hexdigest()


class World:
    """Makes people, organizations and keys in one database, as its owner."""

    def __init__(self, connection: psycopg.Connection, sign: Callable[[Claims], str]) -> None:
        self.connection = connection
        self.sign = sign

    def value(self, statement: str, *parameters: object) -> Any:
        """Return the first column of the first row, or None."""
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        return row and row[0]

    def run(self, statement: str, *parameters: object) -> int:
        """Run a statement; return how many rows it touched."""
        return self.connection.execute(statement.encode(), parameters).rowcount

    @contextmanager
    def without_limits(self) -> Iterator[None]:
        """Let everybody do as much as they like; what the limits were is put back, whatever happens."""
        kept = self.connection.execute("select quantity, name from private.limits").fetchall()
        self.run("update private.limits set quantity = 1000000")
        try:
            yield
        finally:
            with self.connection.cursor() as cursor:
                cursor.executemany("update private.limits set quantity = %s where name = %s", kept)

    def person(self) -> Person:
        """Sign somebody up and in."""
        person, session = uuid4(), uuid4()
        self.run(
            "insert into auth.users (id, aud, role, email, email_confirmed_at) values"
            " (%s, 'authenticated', 'authenticated', %s, now())",
            *(person, f"{person}@example.com"),
        )
        self.run("insert into auth.sessions (id, user_id, aal) values (%s, %s, 'aal1')", session, person)
        return Person(person, session, self.value("select id from organizations where personal_of = %s", person))

    def organization(self, owner: Person, name: str = "Acme") -> UUID:
        """Make an organization that this person owns."""
        organization: UUID = self.value("insert into organizations (name) values (%s) returning id", name)
        self.join(organization, owner, "owner")
        return organization

    def join(self, organization: UUID, person: Person, role: str) -> None:
        """Give a person a role in an organization."""
        self.run("insert into memberships (org_id, user_id, role) values (%s, %s, %s)", organization, person.id, role)

    def member(self, organization: UUID, role: str) -> Person:
        """Sign somebody up who has this role in the organization."""
        person = self.person()
        self.join(organization, person, role)
        return person

    def key(self, maker: Person, organization: UUID, scopes: Iterable[str]) -> Key:
        """Make an API key, past our own functions."""
        lookup, secret = ("".join(secrets.choice(BASE62) for _ in range(length)) for length in (12, 32))
        key = self.value(
            "insert into api_keys (org_id, maker_id, name, lookup, scopes) values (%s, %s, 'key', %s, %s) returning id",
            *(organization, maker.id, lookup, list(scopes)),
        )
        self.run(
            "insert into private.api_key_digests (key_id, pepper_version, digest)"
            " values (%s, 1, sha256(decode(%s, 'hex')))",
            *(key, digest_of(secret)),
        )
        return Key(key, lookup, maker.id, organization, tuple(scopes), secret)

    def invitation(
        self, inviter: Person, organization: UUID, email: str, role: str = "member", token: str = ""
    ) -> UUID:
        """Invite an address, past our own functions; without a token nobody can accept."""
        invitation = uuid4()
        self.run(
            "insert into invitations (id, org_id, email, role, invited_by) values (%s, %s, %s, %s, %s)",
            *(invitation, organization, email, role, inviter.id),
        )
        self.run(
            "insert into private.invitation_digests (invitation_id, pepper_version, digest)"
            " values (%s, 1, sha256(convert_to(%s, 'utf8')))",
            *(invitation, token or str(uuid4())),
        )
        return invitation
