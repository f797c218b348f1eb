"""An integrator with an API key that a person made through our function."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.world import Person, World

MakeKey = Callable[..., dict[str, Any]]


@pytest.fixture
def person(world: World) -> Person:
    return world.person()


@pytest.fixture
def bearer(world: World, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.sign(person.claims())}"}


@pytest.fixture
def make_key(functions: httpx.Client, bearer: dict[str, str]) -> MakeKey:
    def make(*scopes: str, **more: object) -> dict[str, Any]:
        answer = functions.post("/auth/api-keys", headers=bearer, json={"name": "ci", "scopes": scopes, **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["data"]
        return made

    return make


def profile(functions: httpx.Client, key: str, **headers: str) -> httpx.Response:
    return functions.get("/auth/profile", headers={"X-API-Key": key, **headers})


def test_a_key_is_shown_once_and_listed_without_its_secret(
    functions: httpx.Client, bearer: dict[str, str], make_key: MakeKey
) -> None:
    made = make_key("profile:read")
    answer = functions.get("/auth/api-keys", headers=bearer)
    [listed] = [item for item in answer.json()["data"]["items"] if item["id"] == made["id"]]
    assert made["key"].startswith("mainstay_sk_test_")
    assert listed == {name: value for name, value in made.items() if name != "key"}
    assert made["key"][29:] not in answer.text


def test_a_key_with_the_scope_reads_its_makers_profile(
    functions: httpx.Client, person: Person, make_key: MakeKey
) -> None:
    answer = profile(functions, make_key("profile:read")["key"])
    assert answer.status_code == 200
    assert answer.json()["data"]["id"] == str(person.id)


def test_a_key_without_the_scope_is_forbidden(functions: httpx.Client, make_key: MakeKey) -> None:
    answer = profile(functions, make_key("audit:read")["key"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AUTHORIZATION_ERROR")


def test_a_revocation_holds_from_the_very_next_request(
    functions: httpx.Client, bearer: dict[str, str], make_key: MakeKey
) -> None:
    made = make_key("profile:read")
    for _ in range(3):
        assert profile(functions, made["key"]).status_code == 200
    revoked = functions.delete(f"/auth/api-keys/{made['id']}", headers=bearer)
    assert (revoked.status_code, bool(revoked.json()["data"]["revokedAt"])) == (200, True)
    assert profile(functions, made["key"]).status_code == 401
    assert functions.delete(f"/auth/api-keys/{made['id']}", headers=bearer).json()["data"] == revoked.json()["data"]


def test_an_expired_key_is_refused(functions: httpx.Client, world: World, make_key: MakeKey) -> None:
    made = make_key("profile:read", expiresAt="2100-01-01T00:00:00Z")
    assert profile(functions, made["key"]).status_code == 200
    world.run("update api_keys set created_at = '2000-01-01', expires_at = '2000-01-02' where id = %s", made["id"])
    assert profile(functions, made["key"]).status_code == 401


def swapped(key: str) -> str:
    return key[:-1] + ("A" if key[-1] != "A" else "B")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(swapped, id="wrong checksum"),
        pytest.param(lambda key: key[:-1], id="cut short"),
        pytest.param(lambda key: key + "x", id="too long"),
        pytest.param(lambda key: key.replace("_test_", "_live_"), id="of the other kind"),
        pytest.param(lambda key: key.replace("mainstay", "other"), id="of another brand"),
        pytest.param(lambda _: "hello", id="no key at all"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "mainstay_sk_test_" + "0" * 50, id="zeros"),
    ],
)
def test_a_malformed_key_is_refused(functions: httpx.Client, make_key: MakeKey, spoil: Callable[[str], str]) -> None:
    answer = profile(functions, spoil(make_key("profile:read")["key"]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTHENTICATION_ERROR")
    assert "WWW-Authenticate" in answer.headers


def test_both_credentials_at_once_are_refused(
    functions: httpx.Client, bearer: dict[str, str], make_key: MakeKey
) -> None:
    answer = profile(functions, make_key("profile:read")["key"], **bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_a_key_makes_and_revokes_no_keys(functions: httpx.Client, make_key: MakeKey) -> None:
    made = make_key("api-keys:read", "api-keys:write")
    headers = {"X-API-Key": made["key"]}
    body = {"name": "child", "scopes": ["profile:read"]}
    assert functions.post("/auth/api-keys", headers=headers, json=body).status_code == 403
    assert functions.delete(f"/auth/api-keys/{made['id']}", headers=headers).status_code == 403
    assert functions.get("/auth/api-keys", headers=headers).status_code == 200


def test_a_list_goes_on_where_its_page_ended(functions: httpx.Client, world: World) -> None:
    owner = world.person()
    bearer = {"Authorization": f"Bearer {world.sign(owner.claims())}"}
    made = [str(world.key(owner, owner.personal_org, ["profile:read"]).id) for _ in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    for _ in range(3):
        page = functions.get("/auth/api-keys", headers=bearer, params=query).json()["data"]
        seen += [item["id"] for item in page["items"]]
        query["cursor"] = page["nextCursor"] or ""
    assert seen == made[::-1]
    assert (page["hasMore"], page["nextCursor"]) == (False, None)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"scopes": ["profile:read"]}, 400, "name"),
        ({"name": "k", "scopes": []}, 400, "scopes"),
        ({"name": "k", "scopes": ["no:such"]}, 400, "scopes"),
        ({"name": "k", "scopes": ["other:read"]}, 400, "scopes"),
        ({"name": "k", "scopes": ["profile:read"], "orgId": "mine"}, 400, "orgId"),
        ({"name": "k", "scopes": ["profile:read"], "isAdmin": True}, 400, "isAdmin"),
        ({"name": "k", "scopes": ["profile:read"], "expiresAt": "2001-01-01T00:00:00Z"}, 400, "expiresAt"),
        ({"name": "k", "scopes": ["profile:read"], "orgId": str(uuid4())}, 404, None),
    ],
)
def test_bad_input_is_told_by_field(
    functions: httpx.Client, bearer: dict[str, str], body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = functions.post("/auth/api-keys", headers=bearer, json=body)
    assert answer.status_code == status, answer.text
    details = answer.json()["error"].get("details") or []
    assert field is None or any(detail["field"].split(".")[0] == field for detail in details)


def test_another_organizations_key_cannot_be_revoked_or_seen(
    functions: httpx.Client, world: World, make_key: MakeKey
) -> None:
    made = make_key("profile:read")
    stranger = {"Authorization": f"Bearer {world.sign(world.person().claims())}"}
    assert functions.delete(f"/auth/api-keys/{made['id']}", headers=stranger).status_code == 404
    assert made["id"] not in functions.get("/auth/api-keys", headers=stranger).text
