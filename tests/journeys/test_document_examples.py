"""The document's examples against real answers: the same members, and null where a real one is null."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ops.reference.catalogue import listed
from ops.reference.document import document
from tests.journeys.keys import Maker

DOCUMENT: dict[str, Any] = document(listed())
# What differs from one time to the next.
VOLATILE = {
    *("id", "orgId", "makerId", "lineageId", "invitedBy", "userId", "lookup", "key", "email"),
    *("createdAt", "updatedAt", "expiresAt", "revokedAt", "lastUsedAt", "lastUsedIp", "lastUsedAgent"),
    *("left", "reset", "budgetLeft"),
}


def settled(value: Any) -> Any:
    """Return an answer with what is volatile as dots, unless it is null."""
    if isinstance(value, list):
        return [settled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {n: "…" if n in VOLATILE and member is not None else settled(member) for n, member in value.items()}


def operation(route: str) -> dict[str, Any]:
    method, path = route.split(" ")
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


def asked(route: str, **changed: Any) -> dict[str, Any]:
    """Return the example of a body, with what only this test can know."""
    sent: dict[str, Any] = operation(route)["requestBody"]["content"]["application/json"]["example"]
    assert changed.keys() <= sent.keys()
    return sent | changed


def compare(route: str, answer: httpx.Response) -> Any:
    """Hold an answer to its operation's example, and return its data."""
    assert answer.status_code < 300, answer.text
    status, described = next(iter(operation(route)["responses"].items()))
    assert str(answer.status_code) == status
    data = answer.json()["data"]
    assert settled(data) == settled(described["content"]["application/json"]["example"]["data"])
    return data


def test_the_life_of_a_key_is_as_the_examples_tell_it(maker: Maker) -> None:
    # The examples' day will come.
    future = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    org = str(maker.organization)
    body = asked("POST /auth/api-keys", orgId=org, expiresAt=future)
    made = compare("POST /auth/api-keys", maker.send("POST", "/auth/api-keys", body))
    place = f"/auth/api-keys/{made['id']}"

    networks = body["allowedCidrs"]
    assert maker.send("PATCH", place, {"allowedCidrs": None}).status_code == 200
    query = {each["name"]: each.get("example") for each in operation("GET /auth/whoami")["parameters"]} | {"orgId": org}
    # The first use leaves its traces.
    assert maker.use(made["key"], "/auth/profile").status_code == 200
    asking = maker.functions.get("/auth/whoami", params=query, headers={"X-API-Key": made["key"]})
    compare("GET /auth/whoami", asking)
    changed = asked("PATCH /auth/api-keys/{id}", expiresAt=future, allowedCidrs=networks)
    compare("PATCH /auth/api-keys/{id}", maker.send("PATCH", place, changed))
    compare("GET /auth/api-keys", maker.send("GET", f"/auth/api-keys?orgId={org}"))
    compare("GET /auth/api-keys/{id}", maker.send("GET", place))
    rotation = asked("POST /auth/api-keys/{id}/rotate")
    compare("POST /auth/api-keys/{id}/rotate", maker.send("POST", f"{place}/rotate", rotation))
    compare("DELETE /auth/api-keys/{id}", maker.send("DELETE", place))
    compare("DELETE /auth/api-keys", maker.send("DELETE", f"/auth/api-keys?orgId={org}"))


def test_the_life_of_an_invitation_is_as_the_examples_tell_it(maker: Maker) -> None:
    body = asked("POST /auth/invitations", orgId=str(maker.organization))
    made = compare("POST /auth/invitations", maker.send("POST", "/auth/invitations", body))
    place = f"/auth/invitations/{made['id']}"
    compare("GET /auth/invitations", maker.send("GET", "/auth/invitations"))
    maker.world.run(
        "update private.invitation_sends set created_at = now() - interval '1 hour' where org_id = %s",
        maker.organization,
    )
    compare("POST /auth/invitations/{id}/resend", maker.send("POST", f"{place}/resend"))
    assert maker.send("DELETE", place).json()["data"]["revokedAt"]


def test_a_profile_is_its_person_s(maker: Maker) -> None:
    change = asked("PATCH /auth/profile")
    for route, method, body in (("PATCH /auth/profile", "PATCH", change), ("GET /auth/profile", "GET", None)):
        shown = compare(route, maker.send(method, "/auth/profile", body))
        assert shown["id"] == str(maker.person.id)


def test_what_examples_say_of_each_other_agrees() -> None:
    told = {
        route: operation(route)["responses"]["200"]["content"]["application/json"]["example"]["data"]
        for route in (
            "GET /auth/whoami",
            "GET /auth/api-keys/{id}",
            "GET /auth/profile",
            "POST /auth/invitations/accept",
        )
    }
    me, key = told["GET /auth/whoami"], told["GET /auth/api-keys/{id}"]
    assert me["explanation"]["allowed"] is (me["explanation"]["reasons"] == [])
    assert [organization["id"] for organization in me["organizations"]] == [me["orgId"]]
    same = ("id", "orgId", "makerId", "name", "lookup", "scopes", "generation", "expiresAt", "budget")
    assert {name: me[name] for name in same} == {name: key[name] for name in same}
    assert told["GET /auth/profile"]["id"] == key["makerId"] != told["POST /auth/invitations/accept"]["userId"]
