"""The terms of API keys, as integrators meet them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.journeys.keys import Maker


def test_a_key_says_all_its_terms_and_they_can_be_changed(maker: Maker) -> None:
    terms = {
        "idleDays": 30,
        "allowedCidrs": ["127.0.0.1/32", "2001:db8::/32"],
        "requestsPerMinute": 50,
        "budget": 1000,
        "budgetPeriod": "month",
        "metadata": {"team": "billing"},
    }
    made = maker.make(**terms)
    assert {name: made[name] for name in terms} == terms
    change = {"name": "deploy", "scopes": ["profile:read"], "allowedCidrs": None, "budget": None, "budgetPeriod": None}
    changed = maker.send("PATCH", f"/auth/api-keys/{made['id']}", change).json()["data"]
    assert changed == {name: value for name, value in made.items() if name != "key"} | change
    assert maker.send("GET", f"/auth/api-keys/{made['id']}").json()["data"] == changed


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"allowedCidrs": ["10.0.0.1/8"]}, "allowedCidrs.0"),
        ({"allowedCidrs": []}, "allowedCidrs"),
        ({"idleDays": 0}, "idleDays"),
        ({"budget": -1}, "budget"),
        ({"budgetPeriod": "month"}, "budgetPeriod"),
        ({"budget": 1, "budgetPeriod": "year"}, "budgetPeriod"),
        ({"requestsPerMinute": 0}, "requestsPerMinute"),
        ({"metadata": {"x": "y" * 5000}}, "metadata"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
def test_a_term_that_cannot_be_is_named(maker: Maker, terms: dict[str, object], field: str) -> None:
    body = {"name": "ci", "scopes": ["profile:read"], **terms}
    answer = maker.send("POST", "/auth/api-keys", body)
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, field)


def test_a_key_is_refused_from_other_addresses(maker: Maker) -> None:
    assert maker.use(maker.make(allowedCidrs=["127.0.0.0/8"])["key"]).status_code == 200
    answer = maker.use(maker.make(allowedCidrs=["203.0.113.0/24", "2001:db8::/32"])["key"])
    assert (answer.status_code, "address" in answer.json()["error"]["message"]) == (403, True)


def test_a_key_that_is_not_used_ends(maker: Maker) -> None:
    made = maker.make(idleDays=7)
    assert maker.use(made["key"]).status_code == 200
    maker.world.run("update api_keys set last_used_at = now() - interval '7 days' where id = %s", made["id"])
    answer = maker.use(made["key"])
    assert (answer.status_code, "not used" in answer.json()["error"]["message"]) == (401, True)


def test_a_key_says_when_and_from_where_it_was_used(maker: Maker) -> None:
    made = maker.make()
    maker.use(made["key"], **{"User-Agent": "probe/1"})
    seen = maker.send("GET", f"/auth/api-keys/{made['id']}").json()["data"]
    assert (seen["lastUsedIp"], seen["lastUsedAgent"]) == ("127.0.0.1", "probe/1")
    stamped = maker.world.value("select xmin::text from api_keys where id = %s", made["id"])
    maker.use(made["key"])
    assert maker.world.value("select xmin::text from api_keys where id = %s", made["id"]) == stamped


def test_a_budget_is_spent_to_the_last_and_not_further(maker: Maker) -> None:
    made = maker.make(budget=3, budgetPeriod="day")
    answers = [maker.use(made["key"]) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    wait = (tomorrow - datetime.now(UTC)).total_seconds()
    assert abs(int(answers[-1].headers["Retry-After"]) - wait) < 60
    maker.world.run(
        "update private.key_budgets set since = since - interval '1 day' where lineage_id = %s", made["lineageId"]
    )
    assert maker.use(made["key"]).status_code == 200


def test_a_limit_of_its_own_holds_for_a_key(maker: Maker) -> None:
    made = maker.make(requestsPerMinute=2)
    answers = [maker.use(made["key"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["RateLimit"] == '"key";r=0;t=30'
    assert answers[2].headers["Retry-After"] == "30"
    assert '"key";q=2;w=60' in answers[2].headers["RateLimit-Policy"]


def test_every_key_of_an_organization_ends_at_once(maker: Maker) -> None:
    keys = [maker.make() for _ in range(3)]
    answer = maker.send("DELETE", f"/auth/api-keys?orgId={maker.organization}")
    assert answer.json()["data"] == {"revoked": 3}
    assert {maker.use(key["key"]).status_code for key in keys} == {401}


def test_what_is_nested_too_deeply_is_not_stored_by_any_door(maker: Maker) -> None:
    made, deep = maker.make(), {"a": 1}
    for _ in range(9):
        deep = {"a": deep}  # type: ignore[dict-item]
    answer = maker.send("PATCH", f"/auth/api-keys/{made['id']}", {"metadata": deep})
    assert answer.status_code == 400
    with pytest.raises(psycopg.errors.CheckViolation):
        maker.world.run("update api_keys set metadata = %s where id = %s", json.dumps(deep), made["id"])


def test_a_change_touches_what_it_changes_and_nothing_else(maker: Maker) -> None:
    made = maker.make()
    rows = "select count(*) from audit_log where org_id = %s"
    before = maker.world.value(rows, maker.organization)
    maker.send("PATCH", f"/auth/api-keys/{made['id']}", {"name": "other"})
    maker.send("PATCH", f"/auth/api-keys/{made['id']}", {"budget": None})
    assert maker.world.value(rows, maker.organization) == before + 1


@pytest.mark.parametrize(
    ("terms", "wider", "narrower"),
    [
        ({"allowedCidrs": ["10.0.0.0/8"]}, {"allowedCidrs": ["10.0.0.0/7"]}, {"allowedCidrs": ["10.1.0.0/16"]}),
        ({"allowedCidrs": ["10.0.0.0/8"]}, {"allowedCidrs": None}, {"name": "n"}),
        ({"idleDays": 5}, {"idleDays": 6}, {"idleDays": 4}),
        ({"idleDays": 5}, {"idleDays": None}, {"idleDays": 5}),
        ({"requestsPerMinute": 5}, {"requestsPerMinute": None}, {"requestsPerMinute": 4}),
        ({"budget": 5}, {"budget": 6}, {"budget": 4}),
        ({"budget": 5}, {"budgetPeriod": "day"}, {"budget": 0}),
        ({"expiresAt": "2040-01-01T00:00:00Z"}, {"expiresAt": None}, {"expiresAt": "2039-01-01T00:00:00Z"}),
        ({}, {"scopes": ["billing:write", "members:read"]}, {"expiresAt": "2039-01-01T00:00:00Z"}),
    ],
)
def test_who_may_do_less_than_a_key_may_narrow_it_and_not_widen_it(
    maker: Maker, terms: dict[str, Any], wider: dict[str, Any], narrower: dict[str, Any]
) -> None:
    made = maker.make("billing:write", **terms)
    admin = Maker(maker.world, maker.functions, maker.world.member(maker.organization, "admin"), maker.organization)
    path = f"/auth/api-keys/{made['id']}"
    # Adding a scope that one holds makes nothing wider for who holds only that.
    assert admin.send("PATCH", path, wider).status_code == (200 if "scopes" in wider else 403)
    assert admin.send("PATCH", path, narrower).status_code == 200
    assert maker.send("PATCH", path, wider).status_code == 200


def test_asking_who_one_is_is_bounded_for_a_whole_organization(maker: Maker) -> None:
    keys = [maker.make()["key"] for _ in range(2)]
    statuses = [maker.use(keys[turn % 2], "/auth/whoami").status_code for turn in range(70)]
    assert statuses.index(429) >= 60


def test_what_is_refused_anyway_leaves_the_organization_its_hour(maker: Maker) -> None:
    poor, spent = maker.make("profile:read"), maker.make(budget=0)
    for key in (poor, spent):
        for _ in range(5):
            assert maker.use(key["key"]).status_code in {403, 429}
    assert '"free";r=99' in maker.use(maker.make()["key"]).headers["RateLimit"]
