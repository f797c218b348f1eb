"""The same request again, under its Idempotency-Key."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.journeys.keys import Maker

NEW = {"name": "ci", "scopes": ["profile:read"]}


def create(maker: Maker, key: str, body: object = None) -> httpx.Response:
    return maker.send("POST", "/auth/api-keys", body or NEW, Idempotency_Key=key)


def test_a_repeat_is_answered_as_the_first_time_and_the_key_works(maker: Maker) -> None:
    drawn = str(uuid4())
    first, again = create(maker, drawn), create(maker, f'"{drawn}"')
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["data"] == again.json()["data"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert maker.use(again.json()["data"]["key"], "/auth/profile").status_code == 200
    assert maker.world.value("select count(*) from api_keys where maker_id = %s", maker.person.id) == 1


def test_showing_a_key_again_leaves_a_trace_and_ends_with_the_answer(maker: Maker) -> None:
    drawn = str(uuid4())
    made = [create(maker, drawn).json()["data"] for _ in range(2)][1]
    shown = "select count(*) from audit_log where action = 'api_keys.shown_again' and subject = %s"
    assert maker.world.value(shown, made["id"]) == 1
    kept = "select answer ? 'nonce' and not answer::text like %s from private.idempotency_keys where scope = %s"
    assert maker.world.value(kept, f"%{made['key'][29:61]}%", maker.person.id) is True
    maker.world.run("update private.idempotency_keys set expires_at = now() where scope = %s", maker.person.id)
    assert create(maker, drawn).json()["data"]["key"] != made["key"]


def test_another_request_under_the_key_is_refused(maker: Maker) -> None:
    drawn = str(uuid4())
    create(maker, drawn)
    other = create(maker, drawn, NEW | {"name": "other"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_MISMATCH")


def test_the_same_in_other_bytes_is_another_request(maker: Maker) -> None:
    drawn = str(uuid4())
    create(maker, drawn)
    assert create(maker, drawn, dict(reversed(NEW.items()))).status_code == 422


def test_a_repeat_tells_what_was_answered_then(maker: Maker) -> None:
    drawn = str(uuid4())
    made = create(maker, drawn).json()["data"]
    assert maker.send("DELETE", f"/auth/api-keys/{made['id']}").json()["data"]["revokedAt"]
    assert create(maker, drawn).json()["data"] == made
    assert maker.use(made["key"], "/auth/profile").status_code == 401


def test_failed_work_is_not_kept(maker: Maker) -> None:
    drawn = str(uuid4())
    wrong = NEW | {"scopes": ["no:scope"]}
    assert [create(maker, drawn, wrong).status_code, create(maker, drawn).status_code] == [400, 201]


def test_a_rotation_is_replayed_too(maker: Maker) -> None:
    old, drawn = maker.make(), str(uuid4())
    path = f"/auth/api-keys/{old['id']}/rotate"
    first, again = (maker.send("POST", path, {}, Idempotency_Key=drawn) for _ in range(2))
    assert first.json()["data"] == again.json()["data"]
    assert maker.use(again.json()["data"]["key"]).status_code == 200


def test_an_invitation_is_made_and_mailed_once(maker: Maker) -> None:
    drawn, body = str(uuid4()), {"orgId": str(maker.organization), "email": "ann@example.com", "role": "member"}
    first, again = (maker.send("POST", "/auth/invitations", body, Idempotency_Key=drawn) for _ in range(2))
    assert (first.status_code, again.json()["data"]) == (201, first.json()["data"])
    assert maker.send("POST", "/auth/invitations", body).status_code == 409
    mails = "select count(*) from private.outbox where payload ->> 'invitation_id' = %s"
    assert maker.world.value(mails, first.json()["data"]["id"]) == 1


def test_a_stranger_with_the_same_key_gets_an_answer_of_their_own(maker: Maker) -> None:
    drawn = str(uuid4())
    other = Maker(maker.world, maker.functions, maker.world.person(), maker.organization)
    assert create(maker, drawn).json()["data"]["id"] != create(other, drawn).json()["data"]["id"]


@pytest.mark.parametrize("drawn", ["short", "x" * 256, "no spaces please", "ünïcode-key-1"])
def test_a_key_of_another_form_is_refused(maker: Maker, drawn: str) -> None:
    headers = {name.encode(): value.encode() for name, value in (maker.bearer | {"Idempotency-Key": drawn}).items()}
    answer = maker.functions.post("/auth/api-keys", headers=headers, json=NEW)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.usefixtures("no_limits")
def test_a_thousand_at_once_do_the_work_once(maker: Maker) -> None:
    drawn = str(uuid4())
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: create(maker, drawn), range(1000)))
    told = {answer.status_code for answer in answers}
    assert told <= {201, 409}
    assert len({answer.json()["data"]["key"] for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
    assert maker.world.value("select count(*) from api_keys where maker_id = %s", maker.person.id) == 1
