"""The same request many times at once: its work is done once, nobody waits for it, and who crashed holds up nobody for long."""

import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from dev.stack import Stack
from tests.world import Person, World, digest_of

STORM, AT_ONCE = 200, 32
ROUTE = "POST /auth/api-keys"
HOLD = "select pg_advisory_xact_lock(hashtextextended(format('%%s %%s %%s', %s::uuid, %s::text, %s::bytea), 0))"


@dataclass(frozen=True)
class Request:
    """One request to make a key, under an Idempotency-Key; sent again it is the same to the last byte."""

    rest: httpx.Client
    person: Person
    headers: dict[str, str]
    body: dict[str, Any]
    drawn: str

    def send(self) -> httpx.Response:
        """Ask as our function asks."""
        return self.rest.post("/rpc/create_api_key", headers=self.headers, json=self.body)

    def tell(self, function: str, **arguments: object) -> httpx.Response:
        """Claim it, finish it or give it up, as work outside the database does."""
        as_gatekeeper = self.headers | {"X-Act-As": "gatekeeper", "Content-Profile": "backend"}
        return self.rest.post(f"/rpc/idempotency_{function}", headers=as_gatekeeper, json={"route": ROUTE, **arguments})


@pytest.fixture
def request_of(rest: httpx.Client, world: World, function_key: str) -> Callable[[], Request]:
    """Draw a request of a person of its own."""

    def draw() -> Request:
        person, drawn = world.person(), hashlib.sha256(uuid4().bytes).hexdigest()
        headers = {
            "Authorization": f"Bearer {world.sign(person.claims())}",
            "X-Function-Key": function_key,
            "X-Idempotency": f"{drawn}.{'b' * 64}",
        }
        body = {"name": "k", "scopes": ["profile:read"], "pepper_version": 1, "digest": digest_of("secret")}
        return Request(rest, person, headers, body | {"lookup": uuid4().hex[:12]}, drawn)

    return draw


@contextmanager
def at_work(stack: Stack, request: Request) -> Iterator[psycopg.Connection]:
    """Be at work on a request, in a transaction that goes on."""
    with psycopg.connect(stack.database_url()) as holder:
        holder.execute(HOLD.encode(), [request.person.id, ROUTE, bytes.fromhex(request.drawn)])
        yield holder


def together(times: int, act: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Do the same so many times, many at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each.result() for each in [pool.submit(act) for _ in range(times)]]


def keys_of(world: World, person: Person) -> int:
    """Count the keys that somebody made."""
    count: int = world.value("select count(*)::int from api_keys where maker_id = %s", person.id)
    return count


def test_a_storm_of_one_request_does_its_work_once(world: World, request_of: Callable[[], Request]) -> None:
    request = request_of()
    answers = together(STORM, request.send)
    assert Counter(answer.status_code for answer in answers).keys() <= {200, 409}
    assert {answer.json()["hint"] for answer in answers if answer.status_code == 409} <= {"in_progress"}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert keys_of(world, request.person) == 1
    assert request.send().headers["Idempotent-Replayed"] == "true"


def median_of(act: Callable[[], object], times: int = 40) -> float:
    """Return how many seconds something usually takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def slowdown(stack: Stack, world: World, request: Request) -> float:
    """Return how many times longer a read of somebody else takes while a storm meets a request at work.

    Every read comes right after one more claim: as many as come are under way, and no more than can be served.
    """
    other = world.person()
    bearer = {"Authorization": f"Bearer {world.sign(other.claims())}"}
    storm: list[Future[httpx.Response]] = []

    def read() -> None:
        assert request.rest.get("/profiles", headers=bearer).status_code == 200

    def read_in_the_storm() -> None:
        storm.append(pool.submit(request.send))
        read()

    read()
    usual = median_of(read)
    with at_work(stack, request), ThreadPoolExecutor(AT_ONCE) as pool:
        meanwhile = median_of(read_in_the_storm, STORM)
        assert Counter(each.result().status_code for each in storm) == {409: STORM}
    return meanwhile / usual


def test_others_hardly_notice_a_storm_that_meets_a_request_at_work(
    stack: Stack, world: World, request_of: Callable[[], Request]
) -> None:
    # Whoever waited for the claim would hold a connection of PostgREST for as long as the work takes, here: for ever.
    measured: list[float] = []
    while len(measured) < 3 and not any(times < 3 for times in measured):
        measured.append(slowdown(stack, world, request_of()))
    assert min(measured) < 3, f"a read takes {measured} times as long"


def test_whoever_crashed_at_work_holds_up_nobody(stack: Stack, world: World, request_of: Callable[[], Request]) -> None:
    request = request_of()
    with at_work(stack, request) as holder:
        assert request.send().status_code == 409
        world.run("select pg_terminate_backend(%s)", holder.info.backend_pid)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        assert request.send().status_code == 200
        holder.close()
    assert keys_of(world, request.person) == 1


def claim(request: Request) -> httpx.Response:
    """Claim a request for work outside the database."""
    return request.tell("claim", lease_seconds=60)


def test_one_of_many_holds_a_claim_and_the_others_are_told_to_wait(request_of: Callable[[], Request]) -> None:
    request = request_of()
    answers = together(STORM, lambda: claim(request))
    given = [answer.json() for answer in answers if answer.status_code == 200]
    assert [answer["replay"] for answer in given] == [False]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: STORM - 1}
    assert request.tell("finish", token=given[0]["token"], status=201, answer={"n": 1}).json() is True
    assert [claim(request).json() for _ in range(2)] == [{"replay": True, "status": 201, "answer": {"n": 1}}] * 2


def test_a_claim_of_who_crashed_goes_to_one_other_when_its_lease_ends(
    world: World, request_of: Callable[[], Request]
) -> None:
    request = request_of()
    crashed = claim(request).json()["token"]
    assert claim(request).status_code == 409
    world.run("update private.idempotency_keys set lease_until = now() where scope = %s", request.person.id)
    answers = together(16, lambda: claim(request))
    tokens = [UUID(answer.json()["token"]) for answer in answers if answer.status_code == 200]
    assert len(tokens) == 1
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 15}
    # Who was thought to have crashed, and had not, comes too late.
    late = {"status": 201, "answer": {"by": "the first"}}
    assert request.tell("finish", token=crashed, **late).json() is False
    assert request.tell("release", token=crashed).json() is False
    assert request.tell("finish", token=str(tokens[0]), status=201, answer={"by": "the second"}).json() is True
    assert request.tell("finish", token=crashed, **late).json() is False
    assert claim(request).json()["answer"] == {"by": "the second"}


def test_work_that_failed_gives_its_claim_to_the_next(request_of: Callable[[], Request]) -> None:
    request = request_of()
    first = claim(request).json()["token"]
    assert request.tell("release", token=first).json() is True
    second = claim(request).json()["token"]
    assert second != first
    assert request.tell("release", token=first).json() is False
