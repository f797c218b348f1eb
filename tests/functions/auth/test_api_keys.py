import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.auth import api_keys
from shared import keys
from shared.config import settings as process_settings
from tests.functions.events import CONTEXT, DOORS, Event
from tests.functions.rows import API_KEY, API_KEY_SHOWN
from tests.shared.asgi import JSON_TYPE, Answer, ask
from tests.shared.fixtures import BEARER, KEY_ID, ORG_ID, PERSON_ADMITTED
from tests.shared.upstream import Say, Upstream

pytestmark = pytest.mark.usefixtures("environment")
KEY_HEADER = ("X-API-Key", keys.make("mainstay", live=False)[1].reveal())
PATH = "/functions/v1/auth/api-keys"
NEW = {"name": " CI ", "scopes": ["profile:read"]}


def create(body: dict[str, Any]) -> Answer:
    return ask(api_keys.app, "POST", PATH, [BEARER, JSON_TYPE], json.dumps(body).encode())


def test_a_key_is_shown_once_and_stored_as_a_digest(upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say(API_KEY)]
    answer = create(NEW | {"orgId": ORG_ID, "expiresAt": "2027-01-01T00:00:00Z"})
    given = answer.json()["data"]
    text = given.pop("key")
    assert (answer.status, given) == (201, API_KEY_SHOWN)
    work = upstream.asked[1]
    assert (work.path, work.headers["content-profile"]) == ("/rest/v1/rpc/create_api_key", "public")
    key = keys.parse(text, "mainstay", live=False)
    pepper = process_settings().peppers[0]
    assert work.json() == {
        "name": "CI",
        "scopes": ["profile:read"],
        "org_id": ORG_ID,
        "expires_at": "2027-01-01T00:00:00Z",
        "lookup": key.lookup,
        "pepper_version": 2,
        "digest": key.digest(pepper),
    }
    assert key.secret not in str(upstream.asked)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["profile:read"] * 51}, "scopes"),
        ({"scopes": [""]}, "scopes.0"),
        ({"scopes": "profile:read"}, "scopes"),
        ({"orgId": "mine"}, "orgId"),
        ({"expiresAt": "2027-01-01T00:00:00"}, "expiresAt"),
        ({"expiresAt": 1}, "expiresAt"),
        ({"digest": "00"}, "digest"),
    ],
)
def test_a_wrong_field_is_named(upstream: Upstream, change: dict[str, Any], field: str) -> None:
    upstream.script = [Say(PERSON_ADMITTED)]
    answer = create(NEW | change)
    assert (answer.status, [detail["field"] for detail in answer.details]) == (400, [field])
    assert len(upstream.asked) == 1


def test_keys_do_not_make_or_revoke_keys(upstream: Upstream) -> None:
    for method, path in (("POST", PATH), ("DELETE", f"{PATH}/{KEY_ID}")):
        assert ask(api_keys.app, method, path, [KEY_HEADER]).status == 403
    assert upstream.asked == []


def test_a_refusal_of_the_database_keeps_its_sentence(upstream: Upstream) -> None:
    details = [{"field": "scopes", "problem": "is more than you may do"}]
    refusal = {"code": "PT403", "message": "Leave out scopes you do not have.", "details": json.dumps(details)}
    upstream.script = [Say(PERSON_ADMITTED), Say(refusal, status=403)]
    answer = create(NEW)
    assert (answer.status, answer.message, answer.details) == (403, refusal["message"], details)


def test_pages_follow_one_another_without_secrets(upstream: Upstream) -> None:
    def row(number: int) -> dict[str, Any]:
        return API_KEY | {"id": f"{number:08d}-2222-4222-8222-222222222222"}

    upstream.script = [Say(PERSON_ADMITTED), Say([row(3), row(2), row(1)]), Say(PERSON_ADMITTED), Say([row(1)])]
    first = ask(api_keys.app, "GET", PATH, [BEARER], query=f"limit=2&orgId={ORG_ID}".encode()).json()["data"]
    assert [item["id"][:8] for item in first["items"]] == ["00000003", "00000002"]
    assert first["hasMore"] is True
    assert "limit=3" in upstream.asked[1].path
    assert f"org_id=eq.{ORG_ID}" in upstream.asked[1].path
    assert "order=created_at.desc%2Cid.desc" in upstream.asked[1].path
    last = ask(api_keys.app, "GET", PATH, [BEARER], query=b"limit=2&cursor=" + first["nextCursor"].encode())
    assert "id.lt.00000002" in upstream.asked[3].path
    assert last.json()["data"] == {
        "items": [API_KEY_SHOWN | {"id": row(1)["id"]}],
        "nextCursor": None,
        "hasMore": False,
    }


@pytest.mark.parametrize("query", [b"limit=0", b"limit=101", b"cursor=x", b"orgId=x", b"page=2", b"limit=1&limit=2"])
def test_a_page_that_cannot_be_is_refused(upstream: Upstream, query: bytes) -> None:
    upstream.script = [Say(PERSON_ADMITTED)]
    assert ask(api_keys.app, "GET", PATH, [BEARER], query=query).code == "VALIDATION_ERROR"


def test_a_revoked_key_is_answered_as_it_now_is(upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say(API_KEY | {"revoked_at": "2026-11-21T03:00:00+00:00"})]
    answer = ask(api_keys.app, "DELETE", f"{PATH}/{KEY_ID}", [BEARER])
    assert answer.json()["data"] == API_KEY_SHOWN | {"revokedAt": "2026-11-21T03:00:00Z"}
    assert upstream.asked[1].json() == {"key_id": KEY_ID}


def test_somebody_else_s_key_is_not_found(upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say({"code": "PT404", "message": "No such key."}, status=404)]
    assert ask(api_keys.app, "DELETE", f"{PATH}/{KEY_ID}", [BEARER]).code == "NOT_FOUND"


@pytest.mark.parametrize("door", DOORS)
def test_a_lambda_answers_events_of_every_door(upstream: Upstream, door: Callable[..., Event]) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say(API_KEY), Say(PERSON_ADMITTED), Say([]), Say(PERSON_ADMITTED)]
    headers = {"Authorization": BEARER[1], "Content-Type": "application/json", "User-Agent": "tests/1 ü"}
    body = json.dumps(NEW | {"name": "Schlüssel"}).encode()
    answer = api_keys.handler(door("POST", PATH, headers, body), CONTEXT)
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (201, False)
    assert json.loads(answer["body"])["data"]["key"].startswith("mainstay_sk_test_")
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert upstream.asked[1].json()["name"] == "Schlüssel"
    assert upstream.asked[1].headers["x-client-ip"] == "203.0.113.9"
    assert upstream.asked[1].headers["x-client-agent"] == "tests/1"
    listed = api_keys.handler(door("GET", PATH, headers, query="limit=7"), CONTEXT)
    assert (listed["statusCode"], "limit=8" in upstream.asked[3].path) == (200, True)
    wrong = api_keys.handler(
        door("GET", PATH, headers | {"Accept": "application/problem+json"}, query="limit=x"), CONTEXT
    )
    assert (wrong["statusCode"], wrong["isBase64Encoded"]) == (400, False)
    assert json.loads(wrong["body"])["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("door", DOORS)
def test_a_lambda_refuses_what_is_not_utf_8_or_too_large(upstream: Upstream, door: Callable[..., Event]) -> None:
    headers = {"Authorization": BEARER[1], "Content-Type": "application/json"}
    for body, status in ((b'{"name":"\xff"}', 400), (b" " * 65_537, 413)):
        assert api_keys.handler(door("POST", PATH, headers, body), CONTEXT)["statusCode"] == status
    assert api_keys.handler(door("OPTIONS", PATH, {}), CONTEXT)["statusCode"] == 204
    assert upstream.asked == []
