"""Mail of the run's stack: its outbox rows, the work on them, and what arrived in the mailbox."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from dev import units
from dev.stack import Stack
from functions.core.works import WORKS
from shared.config import Settings
from shared.gate import Door
from shared.values import Secret
from shared.visit import Visit
from shared.wire import wire_to
from shared.work import Job, Task
from tests.shared.resend_double import Resend
from tests.shared.upstream import Upstream
from tests.world import Key, Person, World

VISIT = Visit(method="POST", path="/core/jobs/run", request_id="request-0001")
ROW = "select id, kind, payload from private.outbox where dedupe_key = %s"
LEASE = """
update private.jobs set token = gen_random_uuid(), attempts = attempts + 1, run_at = now() + interval '1 hour'
where payload ->> 'outbox_id' = %s and status = 'waiting' returning id, kind, payload, token::text, attempts
"""


@dataclass
class Mailing:
    world: World
    settings: Settings
    mailbox: httpx.Client

    def using(self, **changes: Any) -> "Mailing":
        """Return the same with other settings."""
        return Mailing(self.world, replace(self.settings, **changes), self.mailbox)

    @property
    def door(self) -> Door:
        """The database, as the core function reaches it."""
        return Door(self.settings, VISIT)

    def row(self, dedupe_key: str) -> tuple[str, str, dict[str, Any]] | None:
        """Return id, kind and payload of an outbox row."""
        found = self.world.connection.execute(ROW, [dedupe_key]).fetchone()
        return found and (str(found[0]), found[1], found[2])

    def task(self, dedupe_key: str, door: Door | None = None) -> Task:
        """Lease the job of an outbox row, as the jobs function does."""
        row = self.row(dedupe_key)
        assert row, f"nothing is to be sent for {dedupe_key}"
        leased = self.world.connection.execute(LEASE, [row[0]]).fetchone()
        assert leased, "its job is not waiting"
        return Task(door or self.door, Job(*leased))

    def send(self, dedupe_key: str, door: Door | None = None) -> None:
        """Do the work of an outbox row's job."""
        task = self.task(dedupe_key, door)
        WORKS[task.job.kind](task)

    def received(self, address: object) -> list[dict[str, Any]]:
        """Return what arrived for an address, the latest first."""
        return [each for each in self.mailbox.get("/messages.json").json() if each["to"] == [str(address)]]

    def wait_for_invitations(self, address: str) -> None:
        """Let two hours pass since invitations went to an address."""
        self.world.run(
            "update private.invitation_sends set created_at = created_at - interval '2 hours',"
            " goes_at = goes_at - interval '2 hours' where mailbox = private.mailbox_digest(%s)",
            address,
        )

    def outcomes(self, dedupe_key: str) -> list[tuple[Any, ...]]:
        """Return outcome and doubts of each delivery of a row."""
        row = self.row(dedupe_key)
        assert row
        statement = "select outcome, doubts from private.mail_deliveries where outbox_id = %s order by created_at, id"
        return self.world.connection.execute(statement, [UUID(row[0])]).fetchall()


@pytest.fixture
def mailing(stack: Stack, world: World) -> Iterator[Mailing]:
    settings = Settings.read(units.environment("core", stack.ports, stack.keyring, stack.project))
    with httpx.Client(base_url=stack.environment()["MAILBOX_URL"]) as mailbox:
        yield Mailing(world, settings, mailbox)
    wire_to(stack.url).close()


def address_of(person: Person) -> str:
    """Return where somebody of tests.world gets mail."""
    return f"{person.id}@example.com"


def header(letter: dict[str, Any], name: str) -> str | None:
    """Return a header of a mail in the mailbox."""
    return next((value for key, value in letter["headers"] if key == name), None)


@pytest.fixture
def resend(upstream: Upstream) -> Resend:
    return Resend(upstream)


def by_resend(mailing: Mailing, resend: Resend) -> Mailing:
    return mailing.using(mail_provider="resend", resend_url=resend.url, resend_api_key=Secret("re_of_tests"))


@pytest.fixture
def owner(world: World) -> Person:
    return world.person()


@pytest.fixture
def organization(world: World, owner: Person) -> UUID:
    return world.organization(owner, "Acme <b>")


@pytest.fixture
def key(world: World, owner: Person, organization: UUID) -> Key:
    return world.key(owner, organization, ["profile:read"])


def invite(mailing: Mailing, owner: Person, organization: UUID, address: str) -> str:
    """Invite past our own functions, and return the row's dedupe key."""
    invitation = mailing.world.invitation(owner, organization, address)
    mailing.world.run(
        "insert into private.outbox (kind, dedupe_key, payload) values"
        " ('mail.invitation', %s, jsonb_build_object('invitation_id', %s::uuid, 'send', 1))",
        *(f"invitation:{invitation}:1", str(invitation)),
    )
    return f"invitation:{invitation}:1"
