"""What Supabase Auth is told, called as the role that it connects as."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from dev.stack import Stack
from tests.conftest import OwnDatabase
from tests.world import Person, World

REQUIRED = {"iss", "aud", "exp", "iat", "sub", "role", "aal", "session_id", "email", "phone", "is_anonymous"}


class Auth:
    """Asks a hook as Supabase Auth does."""

    def __init__(self, connection: psycopg.Connection, world: World) -> None:
        self.connection, self.world = connection, world

    def ask(self, hook: str, event: dict[str, Any]) -> Any:
        row = self.connection.execute(f"select hooks.{hook}(%s)".encode(), [Jsonb(event)]).fetchone()
        assert row
        return row[0]

    def attempt(
        self, person: Person, *, valid: bool = False, ip: str | None = "192.0.2.1", kind: str = "password"
    ) -> str:
        event = {"user_id": str(person.id), "valid": valid, "metadata": {"ip_address": ip}}
        decision: str = self.ask(f"{kind}_verification_attempt", event)["decision"]
        return decision

    def sign_up(self, ip: str | None, email: str = "a@example.com") -> int | None:
        event = {"metadata": {"ip_address": ip, "name": "before-user-created"}, "user": {"email": email}}
        code: int | None = self.ask("before_user_created", event).get("error", {}).get("http_code")
        return code

    def minutes_pass(self, person: Person, minutes: int) -> None:
        self.world.run(
            "update private.failed_attempts set locked_until = locked_until - %s * interval '1 minute',"
            " window_began_at = window_began_at - %s * interval '1 minute' where user_id = %s",
            *(minutes, minutes, person.id),
        )


@pytest.fixture(scope="module")
def auth(own_database: OwnDatabase, stack: Stack) -> Iterator[Auth]:
    with own_database("hooks") as (world, _):
        dsn = stack.server.dsn("supabase_auth_admin", "hooks")
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield Auth(connection, world)


def test_a_token_says_for_display_who_is_staff(auth: Auth) -> None:
    person = auth.world.person()
    claims = dict.fromkeys(REQUIRED, "x") | {"extra": {"kept": True}}
    event = {"user_id": str(person.id), "claims": claims, "authentication_method": "password"}
    assert auth.ask("custom_access_token", event)["claims"] == claims | {"app_role": "user"}
    auth.world.run("insert into private.staff (user_id, role) values (%s, 'ops')", person.id)
    assert auth.ask("custom_access_token", event)["claims"] == claims | {"app_role": "ops"}


def test_nothing_in_the_database_reads_what_is_for_display(world: World) -> None:
    reading = world.value(
        "select array_agg(p.proname) from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace"
        " where n.nspname in ('public', 'private', 'backend', 'gate') and p.prosrc like '%%app_role%%'"
    )
    assert reading is None
    assert world.value("select count(*)::int from pg_policies where concat(qual, with_check) like '%%app_role%%'") == 0


def test_five_sign_ups_an_hour_come_from_one_network(auth: Auth) -> None:
    assert [auth.sign_up("198.51.100.1") for _ in range(6)] == [None] * 5 + [429]
    assert auth.sign_up("198.51.100.2") is None
    six = [f"2001:db8::{number}" for number in range(6)]
    assert [auth.sign_up(address) for address in six] == [None] * 5 + [429]
    auth.world.run("update private.sign_ups set created_at = now() - interval '61 minutes'")
    assert auth.sign_up("198.51.100.1") is None
    assert [auth.sign_up(unknown) for unknown in (None, "", "nonsense")] == [None] * 3


def test_blocked_domains_cannot_sign_up(auth: Auth) -> None:
    auth.world.run("insert into private.blocked_email_domains (domain) values ('trash.example')")
    codes = [
        auth.sign_up(None, f"a@{domain}")
        for domain in ("trash.example", "TRASH.example", "a.trash.example", "nottrash.example")
    ]
    assert codes == [400, 400, 400, None]


@pytest.mark.parametrize("kind", ["password", "mfa"])
def test_five_failures_lock_the_network_out_and_no_other(auth: Auth, kind: str) -> None:
    person = auth.world.person()
    assert [auth.attempt(person, kind=kind) for _ in range(6)] == ["continue"] * 5 + ["reject"]
    assert auth.attempt(person, kind=kind, valid=True) == "reject"
    assert auth.attempt(person, kind=kind, valid=True, ip="192.0.2.200") == "continue"
    auth.minutes_pass(person, 16)
    assert auth.attempt(person, kind=kind, valid=True) == "continue"


def test_a_lock_grows(auth: Auth) -> None:
    person = auth.world.person()
    for minutes in (15, 30, 60):
        for _ in range(5):
            assert auth.attempt(person) == "continue"
        auth.minutes_pass(person, minutes - 1)
        assert auth.attempt(person) == "reject"
        auth.minutes_pass(person, 2)
    assert auth.attempt(person, valid=True) == "continue"


def test_failures_are_forgotten_after_a_quarter_of_an_hour_and_by_a_success(auth: Auth) -> None:
    person = auth.world.person()
    for _ in range(4):
        auth.attempt(person)
    auth.minutes_pass(person, 16)
    assert [auth.attempt(person) for _ in range(4)] == ["continue"] * 4
    auth.attempt(person, valid=True)
    assert [auth.attempt(person) for _ in range(5)] == ["continue"] * 5


def test_one_stranger_does_not_lock_an_account_and_many_do(auth: Auth) -> None:
    person = auth.world.person()
    for network in range(10):
        for _ in range(5):
            auth.attempt(person, ip=f"203.0.113.{network}")
        if network < 9:
            assert auth.attempt(person, valid=True, ip="192.0.2.77") == "continue"
            auth.world.run(
                "update private.failed_attempts set failures = %s where user_id = %s and network = '0.0.0.0/0'",
                *((network + 1) * 5, person.id),
            )
            auth.world.run(
                "insert into private.failed_attempts (kind, user_id, network, failures) values ('password', %s, '0.0.0.0/0', %s)"
                " on conflict (kind, user_id, network) do update set failures = excluded.failures",
                *(person.id, (network + 1) * 5),
            )
    assert auth.attempt(person, valid=True, ip="192.0.2.77") == "reject"


def test_an_attempt_from_nowhere_known_counts_for_the_account(auth: Auth) -> None:
    person = auth.world.person()
    assert [auth.attempt(person, ip=None) for _ in range(6)] == ["continue"] * 5 + ["reject"]


def test_a_lock_says_what_a_wrong_password_says(auth: Auth) -> None:
    person = auth.world.person()
    for _ in range(5):
        auth.attempt(person)
    answer = auth.ask(
        "password_verification_attempt",
        {"user_id": str(person.id), "valid": True, "metadata": {"ip_address": "192.0.2.1"}},
    )
    assert answer["message"] == "Invalid login credentials"


def test_hooks_are_for_supabase_auth_alone(world: World) -> None:
    for role in ("anon", "authenticated", "service_role", "integrator", "gatekeeper"):
        assert world.value("select has_schema_privilege(%s, 'hooks', 'usage')", role) is False
    assert uuid4()


@pytest.mark.parametrize(
    ("said", "network"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        (" 192.0.2.1:443", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::FFFF:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("not an address", None),
        ("", None),
    ],
)
def test_what_one_subscriber_has(world: World, said: str, network: str | None) -> None:
    assert world.value("select private.network_of(%s)::text", said) == network
