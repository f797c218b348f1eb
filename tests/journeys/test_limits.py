"""Limits as callers meet them: exact, told in every header alike, and kept apart by whose they are."""

import httpx
import pytest

from shared import keys
from tests.journeys.keys import Maker

NOBODYS = keys.make("mainstay", live=False)[1].reveal()
HEADERS = ("RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def told(answer: httpx.Response) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in HEADERS}


def test_all_headers_say_the_same(maker: Maker) -> None:
    answer = maker.send("GET", "/auth/api-keys")
    assert told(answer) == {
        "RateLimit": '"burst";r=99;t=1, "free";r=99;t=36',
        "RateLimit-Policy": '"burst";q=100;w=60, "free";q=100;w=3600',
        "X-RateLimit-Limit": "100",
        "X-RateLimit-Remaining": "99",
        "X-RateLimit-Reset": "1",
    }


def test_refusals_tell_them_too(maker: Maker) -> None:
    body = {"name": "ci", "scopes": ["no:scope"], "orgId": str(maker.organization)}
    answers = [maker.send("POST", "/auth/api-keys", body) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert '"key-create";r=9;t=30' in answers[0].headers["RateLimit"]
    refused = answers[-1]
    wait = refused.headers["Retry-After"]
    assert refused.json()["error"]["message"] == f"The limit key-create is used up. Try again in {wait} seconds."
    assert refused.headers["RateLimit"] == f'"key-create";r=0;t={refused.headers["Retry-After"]}'
    assert 25 <= int(refused.headers["Retry-After"]) <= 30
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("10", "0")
    problem = maker.send("POST", "/auth/api-keys", body, Accept="application/problem+json")
    assert (problem.json()["status"], problem.headers["Retry-After"]) == (429, refused.headers["Retry-After"])


def test_a_plan_decides_how_much(maker: Maker) -> None:
    key = maker.make()["key"]
    maker.world.run("insert into private.organization_plans (org_id, plan) values (%s, 'pro')", maker.organization)
    assert '"pro";q=1000;w=3600' in maker.use(key).headers["RateLimit-Policy"]
    assert '"pro";q=1000;w=3600' in maker.send("GET", "/auth/api-keys").headers["RateLimit-Policy"]


def test_a_hundred_in_a_minute_and_not_one_more(maker: Maker) -> None:
    maker.world.run("insert into private.organization_plans (org_id, plan) values (%s, 'pro')", maker.organization)
    key = maker.make()["key"]
    statuses = [maker.use(key).status_code for _ in range(105)]
    first = statuses.index(429)
    # One comes back every 0.6 seconds while the hundred are asked for.
    assert 100 <= first <= 104
    assert maker.send("GET", "/auth/api-keys").status_code == 200


def test_one_s_flood_of_wrong_keys_is_stopped_and_others_go_on(maker: Maker) -> None:
    maker.world.run("delete from private.rate_buckets")
    statuses = [maker.use(NOBODYS).status_code for _ in range(35)]
    assert statuses[:30] == [401] * 30
    assert 429 in statuses[30:]
    assert maker.use(maker.make()["key"]).status_code == 200
    maker.world.run("delete from private.rate_buckets")


def test_a_repeat_is_spent_as_the_first_was(maker: Maker) -> None:
    body = {"name": "ci", "scopes": ["profile:read"]}
    answers = [maker.send("POST", "/auth/api-keys", body, Idempotency_Key="repeated-once") for _ in range(2)]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert ['"key-create";r=9;' in answer.headers["RateLimit"] for answer in answers] == [True, False]
    assert '"key-create";r=8;' in answers[1].headers["RateLimit"]


BEFORE_ANY_LIMIT = {
    "no credentials": ("GET", "/auth/api-keys", {}, b"", 401),
    "two kinds of them": ("GET", "/auth/api-keys", {"Authorization": "Bearer x.y.z", "X-API-Key": NOBODYS}, b"", 400),
    "no such address": ("GET", "/auth/nothing", {}, b"", 404),
    "no such method": ("PUT", "/auth/api-keys", {}, b"", 405),
    "no JSON": ("POST", "/auth/api-keys", {"Content-Type": "application/json"}, b"{", 400),
    "another type": ("POST", "/auth/api-keys", {"Content-Type": "text/plain"}, b"{}", 415),
    "too much": ("POST", "/auth/api-keys", {"Content-Type": "application/json"}, b" " * 70_000, 413),
    "an odd key": ("POST", "/auth/api-keys", {"Content-Type": "application/json", "Idempotency-Key": "x"}, b"{}", 400),
    "a forged token": ("GET", "/auth/api-keys", {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}, b"", 401),
    "the document": ("GET", "/openapi.json", {}, b"", 200),
    "health": ("GET", "/core/health", {}, b"", 200),
}


@pytest.mark.parametrize("what", BEFORE_ANY_LIMIT)
def test_what_is_answered_before_any_limit(maker: Maker, what: str) -> None:
    method, path, headers, content, status = BEFORE_ANY_LIMIT[what]
    person = maker.bearer if path == "/auth/api-keys" and method == "POST" else {}
    before = maker.world.value("select count(*) from private.rate_buckets")
    answer = maker.functions.request(method, path, headers=person | headers, content=content)
    assert (answer.status_code, told(answer)["RateLimit"]) == (status, None)
    assert maker.world.value("select count(*) from private.rate_buckets") == before


@pytest.mark.parametrize("key", ["mainstay_sk_test_x", "", "null"])
def test_a_malformed_key_costs_no_call(maker: Maker, key: str) -> None:
    before = maker.world.value("select count(*) from private.rate_buckets")
    answer = maker.use(key)
    assert (answer.status_code, told(answer)["RateLimit"]) == (401, None)
    assert maker.world.value("select count(*) from private.rate_buckets") == before


def test_a_limit_of_a_route_is_one_row(maker: Maker) -> None:
    maker.world.run(
        "insert into private.limits (name, spent_by, quantity, period, route)"
        " values ('export', 'caller', 1, '1 hour', 'GET /auth/account/export')"
    )
    try:
        answers = [maker.send("GET", "/auth/account/export") for _ in range(2)]
    finally:
        maker.world.run("delete from private.limits where name = 'export'")
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["RateLimit"].startswith('"export";r=0;t=')


def test_relaxing_a_limit_lets_callers_in_at_once(maker: Maker) -> None:
    maker.world.run(
        "insert into private.limits (name, spent_by, quantity, period, route)"
        " values ('export', 'caller', 1, '31 days', 'GET /auth/account/export')"
    )
    try:
        assert [maker.send("GET", "/auth/account/export").status_code for _ in range(2)] == [200, 429]
        maker.world.run("update private.limits set quantity = 1000, period = '1 minute' where name = 'export'")
        assert int(maker.send("GET", "/auth/account/export").headers.get("Retry-After", "0")) <= 1
    finally:
        maker.world.run("delete from private.limits where name = 'export'")


def test_a_flood_from_an_address_leaves_it_the_emergency_revocation(maker: Maker) -> None:
    made = maker.make()
    maker.world.run("delete from private.rate_buckets")
    while maker.use(NOBODYS).status_code != 429:
        pass
    assert maker.functions.post("/auth/api-keys/revoke", json={"key": made["key"]}).status_code == 200
    maker.world.run("delete from private.rate_buckets")
