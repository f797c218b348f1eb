"""When the database goes away: what callers are told, how soon, and that all is well once it is back."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import psycopg
import pytest

from dev import ports, startup
from dev.stack import Stack
from tests.world import Claims, World


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose Postgres this module may stop."""
    folder: Path = tmp_path_factory.mktemp("fragile")
    with Stack(folder, ports.free_block(), durable=False, reload=False, quiet=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def functions(fragile: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fragile.functions_url, timeout=15) as client:
        yield client


def stop_postgres(fragile: Stack) -> None:
    fragile.children.stop(next(child for child in fragile.children.running if child.name == "postgres"))


def sign(fragile: Stack, claims: Claims) -> str:
    private = jwt.PyJWK(fragile.signing_key).key
    return jwt.encode(claims, private, algorithm="ES256", headers={"kid": str(fragile.signing_key["kid"])})


def health_until(functions: httpx.Client, status: int, seconds: float) -> httpx.Response:
    """Ask until the answer has this status: the last answer is kept for 2 seconds, so a change shows late."""
    deadline = time.monotonic() + seconds
    while (answer := functions.get("/core/health")).status_code != status:
        assert time.monotonic() < deadline, answer.text
    return answer


def test_health_says_unhealthy_within_three_seconds_and_healthy_again(fragile: Stack, functions: httpx.Client) -> None:
    assert functions.get("/core/health").json()["data"]["status"] == "healthy"
    stop_postgres(fragile)

    answer = health_until(functions, 503, 10)
    assert (answer.json()["success"], answer.json()["data"]["status"]) == (False, "unhealthy")
    assert answer.elapsed.total_seconds() < 3

    # Admission fails closed, and what needs no database still answers without it.
    claims = "e30.e30.c2ln"
    assert functions.get("/auth/profile", headers={"Authorization": f"Bearer {claims}"}).status_code in {401, 503}
    assert functions.get("/auth/profile", headers={"X-API-Key": "mainstay_sk_test_nonsense"}).status_code == 401

    startup.start_postgres(fragile)
    assert health_until(functions, 200, 40).json()["data"]["status"] == "healthy"


class Crowd:
    """Some people who ask all the time, and count what they are answered."""

    def __init__(self, fragile: Stack, tokens: list[str]) -> None:
        self.url, self.statuses, self.over = fragile.functions_url, Counter[int](), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=[token]) for token in tokens]
        for thread in self._threads:
            thread.start()

    def _ask(self, token: str) -> None:
        with httpx.Client(base_url=self.url, timeout=30, headers={"Authorization": f"Bearer {token}"}) as client:
            while not self.over.is_set():
                self.statuses[client.get("/auth/profile").status_code] += 1
                time.sleep(0.01)

    def leave(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()


DONE = "select sum(count)::int from private.request_counts where route = '/auth/profile'"
COUNTED = b"select status, sum(count)::int from private.request_counts where route = $$/auth/profile$$ group by status"


def test_requests_of_an_outage_are_counted_after_it(fragile: Stack, functions: httpx.Client) -> None:
    with psycopg.connect(fragile.database_url(), autocommit=True) as connection:
        world = World(connection, lambda claims: sign(fragile, claims))
        world.run("update private.limits set quantity = 1000000")
        tokens = [world.sign(world.person().claims()) for _ in range(4)]
        # What other tests left to be carried is carried now.
        functions.get("/auth/profile", headers={"Authorization": f"Bearer {tokens[0]}"})
        before: Counter[int] = Counter(dict(connection.execute(COUNTED).fetchall()))
    crowd = Crowd(fragile, tokens)
    time.sleep(1)
    stop_postgres(fragile)
    health_until(functions, 503, 10)
    time.sleep(2)
    startup.start_postgres(fragile)
    health_until(functions, 200, 40)
    time.sleep(1)
    crowd.leave()
    # The last answers are carried by one request more, which is itself not counted yet.
    assert functions.get("/auth/profile", headers={"Authorization": f"Bearer {tokens[0]}"}).status_code == 200
    with psycopg.connect(fragile.database_url(), autocommit=True) as connection:
        after: Counter[int] = Counter(dict(connection.execute(COUNTED).fetchall()))
    counted = after - before
    assert crowd.statuses[200] > 50
    assert sum(count for status, count in crowd.statuses.items() if status >= 500) > 3
    # Who was told that nothing arrived, although it had, tells it again: at most what was on its way when it stopped.
    more = {status: counted[status] - crowd.statuses[status] for status in counted | crowd.statuses}
    assert all(0 <= each <= 2 * len(tokens) for each in more.values()), (crowd.statuses, counted)


def test_a_server_that_is_told_to_end_sends_what_it_has_counted(fragile: Stack, functions: httpx.Client) -> None:
    with psycopg.connect(fragile.database_url(), autocommit=True) as connection:
        world = World(connection, lambda claims: sign(fragile, claims))
        headers = {"Authorization": f"Bearer {world.sign(world.person().claims())}"}
        functions.get("/auth/profile", headers=headers)
        before = world.value(DONE)
        for _ in range(5):
            assert functions.get("/auth/profile", headers=headers).status_code == 200
        # With the one before them, which the first of them carried, and without the last, which nobody has yet.
        assert world.value(DONE) - before == 5
        fragile.children.stop(next(child for child in fragile.children.running if child.name == "functions-auth"))
        assert world.value(DONE) - before == 6
