"""A real Supabase Auth server with our hooks on. Run by `make test-auth`, which needs AUTH_BINARY."""

import base64
import hmac
import struct
import time
from collections.abc import Iterator
from hashlib import sha1
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from dev.stack import Stack
from tests.world import World

PASSWORD = "Correct-horse-7"


@pytest.fixture(scope="module")
def auth(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack.url}/auth/v1", headers={"apikey": stack.publishable_key}, timeout=15) as client:
        yield client


def sign_up(auth: httpx.Client, email: str | None = None) -> httpx.Response:
    return auth.post("/signup", json={"email": email or f"{uuid4()}@example.com", "password": PASSWORD})


def sign_in(auth: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return auth.post("/token?grant_type=password", json={"email": email, "password": password})


def totp(secret: str) -> str:
    """Return the present code of RFC 6238."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def claims(token: str) -> dict[str, Any]:
    held: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return held


def test_a_sign_up_is_welcomed_and_its_token_says_app_role(auth: httpx.Client, stack: Stack, world: World) -> None:
    session = sign_up(auth).json()
    held = claims(session["access_token"])
    assert (held["app_role"], held["aud"], held["aal"]) == ("user", "authenticated", "aal1")
    assert jwt.get_unverified_header(session["access_token"])["alg"] == "ES256"
    rows = httpx.get(
        f"{stack.url}/rest/v1/profiles",
        headers={"apikey": stack.publishable_key, "Authorization": f"Bearer {session['access_token']}"},
    )
    assert [row["id"] for row in rows.json()] == [session["user"]["id"]]
    assert world.value("select count(*)::int from organizations where personal_of = %s", session["user"]["id"]) == 1


def test_too_many_sign_ups_from_one_network_are_refused(auth: httpx.Client, world: World) -> None:
    made = world.value("select count(*)::int from private.sign_ups")
    world.run("update private.settings set value = to_jsonb(%s::int) where name = 'sign_ups_per_hour'", made + 1)
    try:
        assert sign_up(auth).is_success
        assert sign_up(auth).status_code == 429
    finally:
        world.run("update private.settings set value = '1000' where name = 'sign_ups_per_hour'")


def test_a_blocked_domain_cannot_sign_up(auth: httpx.Client, world: World) -> None:
    world.run("insert into private.blocked_email_domains (domain) values ('trash.example') on conflict do nothing")
    assert sign_up(auth, "a@mail.trash.example").status_code == 400


def test_five_wrong_passwords_lock_and_the_lock_is_silent(auth: httpx.Client, world: World) -> None:
    email = f"{uuid4()}@example.com"
    person = sign_up(auth, email).json()["user"]["id"]
    wrong = [sign_in(auth, email, "Wrong-horse-7") for _ in range(5)]
    locked = sign_in(auth, email)
    assert {answer.status_code for answer in wrong} == {400}
    assert locked.status_code == 400
    assert locked.json().get("msg") == wrong[0].json().get("msg")
    world.run("update private.failed_attempts set locked_until = now() where user_id = %s", person)
    assert sign_in(auth, email).is_success


def test_a_second_factor_opens_what_an_organization_demands_it_for(
    auth: httpx.Client, stack: Stack, world: World
) -> None:
    session = sign_up(auth).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    factor = auth.post("/factors", headers=bearer, json={"factor_type": "totp", "friendly_name": "test"}).json()
    challenge = auth.post(f"/factors/{factor['id']}/challenge", headers=bearer, json={}).json()
    code = {"challenge_id": challenge["id"], "code": totp(factor["totp"]["secret"])}
    strong = auth.post(f"/factors/{factor['id']}/verify", headers=bearer, json=code).json()["access_token"]
    assert claims(strong)["aal"] == "aal2"

    organization = world.value("insert into organizations (name) values ('Vault') returning id")
    world.run(
        "insert into memberships (org_id, user_id, role) values (%s, %s, 'owner')", organization, session["user"]["id"]
    )
    world.run("update organizations set demands_aal2 = true where id = %s", organization)
    body = {"name": "k", "scopes": ["profile:read"], "orgId": str(organization)}
    for token, status in ((session["access_token"], 403), (strong, 201)):
        made = httpx.post(
            f"{stack.functions_url}/auth/api-keys", headers={"Authorization": f"Bearer {token}"}, json=body
        )
        assert made.status_code == status, made.text


def test_an_operator_deletes_a_person_through_the_admin_api(auth: httpx.Client, stack: Stack, world: World) -> None:
    person = sign_up(auth).json()["user"]["id"]
    admin = {"apikey": stack.secret_key}
    assert auth.delete(f"/admin/users/{person}", headers=admin).is_success
    assert world.value("select count(*)::int from profiles where id = %s", person) == 0
