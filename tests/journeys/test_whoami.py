"""What callers are told of themselves."""

from typing import Any

import pytest

from tests.journeys.keys import Maker


def as_key(maker: Maker, key: str, **asked: str) -> dict[str, Any]:
    answer = maker.functions.get("/auth/whoami", headers={"X-API-Key": key}, params=asked)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()["data"]
    return said


def as_person(maker: Maker, **asked: str) -> dict[str, Any]:
    answer = maker.functions.get("/auth/whoami", headers=maker.bearer, params=asked)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()["data"]
    return said


def reasons(said: dict[str, Any]) -> list[str]:
    assert said["explanation"]["allowed"] is (said["explanation"]["reasons"] == [])
    return [reason["code"] for reason in said["explanation"]["reasons"]]


def test_a_key_is_told_what_it_is(maker: Maker) -> None:
    made = maker.make("api-keys:read", "profile:read", budget=10)
    said = as_key(maker, made["key"])
    assert (said["kind"], said["id"], said["lookup"], said["generation"]) == ("key", made["id"], made["lookup"], 1)
    assert (said["scopes"], said["plan"], said["orgId"]) == (
        ["api-keys:read", "profile:read"],
        "free",
        str(maker.organization),
    )
    assert said["organizations"] == [{"id": str(maker.organization), "name": None, "role": None, "scopes": None}]
    reader = maker.make("settings:read")
    assert as_key(maker, reader["key"])["organizations"][0]["name"] == "Acme"
    assert (said["budget"], said["budgetLeft"], said["rotated"], said["explanation"]) == (10, 10, False, None)


def test_asking_spends_nothing_of_what_is_asked_about(maker: Maker) -> None:
    key = maker.make(budget=10, requestsPerMinute=5)["key"]
    before = as_key(maker, key)
    assert as_key(maker, key, explain="api-keys:read") == before | {"explanation": {"allowed": True, "reasons": []}}
    maker.use(key)
    after = as_key(maker, key)
    left = [{limit["name"]: limit["left"] for limit in said["limits"]} for said in (before, after)]
    assert {name: left[0][name] - left[1][name] for name in left[0]} == {"burst": 1, "free": 1, "key": 1}
    assert (before["budgetLeft"], after["budgetLeft"]) == (10, 9)


def test_every_reason_against_a_key_is_told(maker: Maker) -> None:
    admin = Maker(maker.world, maker.functions, maker.world.member(maker.organization, "admin"), maker.organization)
    made = admin.make("api-keys:read", "api-keys:write", budget=1, requestsPerMinute=1)
    assert reasons(as_key(maker, made["key"], explain="api-keys:write")) == []
    assert reasons(as_key(maker, made["key"], explain="profile:read")) == ["scope_missing"]
    assert reasons(as_key(maker, made["key"], explain="no:thing")) == ["scope_unknown"]
    assert admin.use(made["key"]).status_code == 200
    assert reasons(as_key(maker, made["key"], explain="api-keys:read")) == ["limit_exceeded", "budget_spent"]
    maker.world.run(
        "update memberships set role = 'member' where user_id = %s and org_id = %s", admin.person.id, maker.organization
    )
    assert reasons(as_key(maker, made["key"], explain="api-keys:write"))[0] == "role_too_small"


def test_a_person_is_told_their_organizations_and_why_not(maker: Maker) -> None:
    member = Maker(maker.world, maker.functions, maker.world.member(maker.organization, "member"), maker.organization)
    said = as_person(member)
    assert [organization["role"] for organization in said["organizations"]] == ["owner", "member"]
    there = str(maker.organization)
    assert reasons(as_person(member, explain="api-keys:write", orgId=there)) == ["role_too_small"]
    assert reasons(as_person(member, explain="api-keys:write")) == []
    maker.world.run("update organizations set demands_aal2 = true, ownerless_at = now() where id = %s", there)
    assert reasons(as_person(maker, explain="api-keys:write", orgId=there)) == [
        "organization_frozen",
        "second_factor_missing",
    ]
    assert reasons(as_person(maker, explain="no:thing", orgId=there)) == ["scope_unknown"]


@pytest.mark.parametrize("explain", [{}, {"explain": "api-keys:read"}, {"explain": "no:thing"}])
def test_an_organization_of_others_is_answered_as_everywhere(maker: Maker, explain: dict[str, str]) -> None:
    person = maker.world.person()
    stranger = Maker(maker.world, maker.functions, person, person.personal_org)
    elsewhere = stranger.make()["key"]
    there = {"orgId": str(maker.organization)}
    refused = stranger.send("POST", "/auth/api-keys", {"name": "x", "scopes": ["profile:read"], **there})
    for credentials in (stranger.bearer, {"X-API-Key": elsewhere}):
        answer = maker.functions.get("/auth/whoami", headers=credentials, params=explain | there)
        assert (answer.status_code, answer.json()["error"]) == (404, refused.json()["error"])


@pytest.mark.parametrize("query", ["explain=", "explain=" + "x" * 61, "orgId=x", "verbose=1"])
def test_a_question_that_cannot_be_is_refused(maker: Maker, query: str) -> None:
    assert maker.functions.get(f"/auth/whoami?{query}", headers=maker.bearer).status_code == 400
