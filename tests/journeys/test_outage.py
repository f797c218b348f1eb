"""When the database goes away: what callers are told, how soon, and that all is well once it is back."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev import ports, startup
from dev.stack import Stack


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


def health_until(functions: httpx.Client, status: int, seconds: float) -> httpx.Response:
    """Ask until the answer has this status: the last answer is kept for 2 seconds, so a change shows late."""
    deadline = time.monotonic() + seconds
    while (answer := functions.get("/core/health")).status_code != status:
        assert time.monotonic() < deadline, answer.text
    return answer


def test_health_says_unhealthy_within_three_seconds_and_healthy_again(fragile: Stack, functions: httpx.Client) -> None:
    assert functions.get("/core/health").json()["data"]["status"] == "healthy"
    fragile.children.stop(next(child for child in fragile.children.running if child.name == "postgres"))

    answer = health_until(functions, 503, 10)
    assert (answer.json()["success"], answer.json()["data"]["status"]) == (False, "unhealthy")
    assert answer.elapsed.total_seconds() < 3

    # Admission fails closed, and what needs no database still answers without it.
    claims = "e30.e30.c2ln"
    assert functions.get("/auth/profile", headers={"Authorization": f"Bearer {claims}"}).status_code in {401, 503}
    assert functions.get("/auth/profile", headers={"X-API-Key": "mainstay_sk_test_nonsense"}).status_code == 401

    startup.start_postgres(fragile)
    assert health_until(functions, 200, 40).json()["data"]["status"] == "healthy"
