from typing import Any

import pytest

from shared import keys
from shared.admission import admit
from shared.config import Settings
from shared.credentials import read
from shared.endpoint import Endpoint
from shared.errors import Problem
from shared.gate import Door
from shared.principal import KEY, PERSON
from tests.shared.fixtures import BEARER, KEY_ADMITTED, KEY_ID, ORG_ID, PERSON_ADMITTED, PERSON_ID, VISIT
from tests.shared.upstream import Json, Say, Upstream

READ = Endpoint("GET", "/auth/profile", lambda _: {}, PERSON | KEY, "profile:read")


def door(settings: Settings, header: tuple[str, str] = BEARER) -> Door:
    return Door(settings, VISIT, read([(header[0].encode(), header[1].encode())], settings))


def key_door(settings: Settings) -> Door:
    return door(settings, ("X-API-Key", keys.make("mainstay", live=False)[1].reveal()))


def test_a_person_is_admitted_in_one_call(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED)]
    to = door(settings)
    principal = admit(to, READ).principal
    assert (principal.kind, principal.id, principal.aal, to.trips) == ("person", PERSON_ID, "aal1", 1)
    asked = upstream.asked[0]
    assert asked.json() == {
        "route": "GET /auth/profile",
        "needs": "profile:read",
        "spends": None,
        "counted": True,
        "tier": None,
        "strangers": False,
    }
    assert (asked.method, asked.path) == ("POST", "/rest/v1/rpc/admit")
    assert asked.headers["content-profile"] == "backend"
    assert asked.headers["x-act-as"] == "gatekeeper"
    assert asked.headers["authorization"] == BEARER[1]
    assert asked.headers["x-function-key"] == settings.function_key.reveal()
    assert asked.headers["x-request-id"] == VISIT.request_id
    assert "x-api-key" not in asked.headers


def test_a_key_is_admitted_with_its_maker_and_scopes(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say(KEY_ADMITTED)]
    principal = admit(key_door(settings), READ).principal
    assert (principal.id, principal.maker_id, principal.org_id) == (KEY_ID, PERSON_ID, ORG_ID)
    assert principal.scopes == {"profile:read"}
    assert "authorization" not in upstream.asked[0].headers
    assert upstream.asked[0].headers["x-api-key"].count(":") == 2


@pytest.mark.parametrize("status", [401, 402, 403, 429])
def test_a_refusal_keeps_its_sentence(settings: Settings, upstream: Upstream, status: int) -> None:
    answer = {"admitted": False, "status": status, "reason": "key_revoked", "message": "Make another key."}
    upstream.script = [Say(answer | {"retry_after": 30})]
    with pytest.raises(Problem) as refused:
        admit(door(settings), READ)
    assert (refused.value.status, refused.value.message) == (status, "Make another key.")
    assert refused.value.headers.get("Retry-After") == ("30" if status == 429 else None)


ODD: list[Any] = [
    None,
    [],
    {},
    [PERSON_ADMITTED],
    {"admitted": "true", "principal": PERSON_ADMITTED["principal"]},
    {"admitted": 1, "principal": PERSON_ADMITTED["principal"]},
    {"admitted": True},
    {"admitted": True, "principal": {"kind": "person"}},
    {"admitted": True, "principal": {"kind": "service_role", "id": PERSON_ID}},
    {"admitted": True, "principal": {"kind": "person", "id": "not-a-uuid"}},
    {"admitted": True, "principal": {"kind": "person", "id": PERSON_ID, "scopes": "all"}},
    {"admitted": True, "principal": {"kind": "person", "id": PERSON_ID, "scopes": [1]}},
    KEY_ADMITTED,
    {"admitted": False},
    {"admitted": False, "status": 200, "reason": "?"},
]


@pytest.mark.parametrize("answer", ODD)
def test_an_answer_of_another_shape_admits_nobody(settings: Settings, upstream: Upstream, answer: Json) -> None:
    upstream.script = [Say(answer)]
    with pytest.raises(Problem) as refused:
        admit(door(settings), READ)
    assert refused.value.status == 502


def test_a_person_s_answer_does_not_admit_a_key(settings: Settings, upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED)]
    with pytest.raises(Problem):
        admit(key_door(settings), READ)


@pytest.mark.parametrize(
    ("say", "status"),
    [
        (Say(raw=b"<html>"), 502),
        (Say({"code": "PGRST303", "message": "JWT expired"}, status=401), 401),
        (Say({"code": "22023", "message": "role does not exist"}, status=400), 401),
        (Say({"code": "PT503", "message": "unknown function key"}, status=503), 503),
        (Say(silent=True), 503),
        (Say({"code": "42501", "message": "permission denied"}, status=401), 403),
    ],
)
def test_when_the_database_does_not_answer_nobody_is_admitted(
    settings: Settings, upstream: Upstream, say: Say, status: int
) -> None:
    upstream.script = [say]
    with pytest.raises(Problem) as refused:
        admit(door(settings), READ)
    assert refused.value.status == status
