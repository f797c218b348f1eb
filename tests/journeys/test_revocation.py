"""How soon a revocation holds: from the next request on. docs/api.md publishes this bound."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.journeys.keys import Maker


@pytest.mark.usefixtures("no_limits")
def test_nothing_that_begins_after_a_revocation_was_answered_goes_through(maker: Maker) -> None:
    made = maker.make()
    ended = threading.Event()
    revoked_at = [float("inf")]
    uses: list[tuple[float, int]] = []

    def use() -> None:
        with httpx.Client(base_url=maker.functions.base_url) as client:
            while not ended.is_set():
                began = time.perf_counter()
                uses.append((began, client.get("/auth/api-keys", headers={"X-API-Key": made["key"]}).status_code))

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(use) for _ in range(4)]
        while sum(status == 200 for _, status in list(uses)) < 20:
            time.sleep(0.01)
        maker.send("DELETE", f"/auth/api-keys/{made['id']}")
        revoked_at[0] = time.perf_counter()
        while sum(began > revoked_at[0] for began, _ in list(uses)) < 20:
            time.sleep(0.01)
        ended.set()
        for each in running:
            each.result()
    assert {status for began, status in uses if began > revoked_at[0]} == {401}


def test_a_scope_taken_away_is_gone_from_the_next_request(maker: Maker) -> None:
    made = maker.make("api-keys:read", "profile:read")
    assert maker.use(made["key"]).status_code == 200
    maker.send("PATCH", f"/auth/api-keys/{made['id']}", {"scopes": ["profile:read"]})
    assert maker.use(made["key"]).status_code == 403


def test_a_banned_maker_s_keys_are_refused_from_the_next_request(maker: Maker) -> None:
    made = maker.make()
    assert maker.use(made["key"]).status_code == 200
    maker.world.run("update auth.users set banned_until = 'infinity' where id = %s", maker.person.id)
    assert maker.use(made["key"]).status_code == 401
