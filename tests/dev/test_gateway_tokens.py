import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from dev import packages
from dev.stack import Stack

PASSWORD = "Correct-horse-7"
HOSTED = {"iss", "sub", "aud", "exp", "iat", "email", "phone", "app_metadata", "user_metadata"} | {
    *("role", "aal", "amr", "session_id", "is_anonymous"),
}


@pytest.fixture(scope="module")
def auth(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack.url}/auth/v1", headers={"apikey": stack.publishable_key}) as client:
        yield client


@pytest.fixture(scope="module")
def session(auth: httpx.Client) -> dict[str, Any]:
    credentials = {"email": f"{uuid4()}@example.com", "password": PASSWORD, "data": {"nick": "ada"}}
    return dict(auth.post("/signup", json=credentials).raise_for_status().json())


def claims_of(stack: Stack, token: str) -> dict[str, Any]:
    """Verify a token as a client would, by the published keys."""
    keys = httpx.get(f"{stack.url}/auth/v1/.well-known/jwks.json").json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(key) for key in keys if key["kid"] == kid)
    issuer = f"{stack.url}/auth/v1"
    return jwt.decode(token, key, algorithms=["ES256"], audience="authenticated", issuer=issuer)


def user(auth: httpx.Client, token: str) -> httpx.Response:
    return auth.get("/user", headers={"Authorization": f"Bearer {token}"})


def test_a_sign_up_answers_with_a_token_as_hosted_issues_it(stack: Stack, session: dict[str, Any]) -> None:
    claims = claims_of(stack, session["access_token"])
    assert set(claims) == HOSTED
    assert (claims["role"], claims["aal"], claims["is_anonymous"]) == ("authenticated", "aal1", False)
    assert claims["amr"] == [{"method": "password", "timestamp": claims["amr"][0]["timestamp"]}]
    assert claims["user_metadata"]["nick"] == "ada"
    assert claims["exp"] - claims["iat"] == session["expires_in"] == stack.project.token_seconds


def test_a_sign_up_is_confirmed_at_once_although_hosted_projects_send_a_mail(
    stack: Stack, session: dict[str, Any]
) -> None:
    assert stack.project.auth["email"]["enable_confirmations"] is True
    assert session["user"]["email_confirmed_at"]


def test_the_published_keys_are_public(stack: Stack) -> None:
    keys = httpx.get(f"{stack.url}/auth/v1/.well-known/jwks.json").json()["keys"]
    assert [key["alg"] for key in keys] == ["ES256"]
    assert not any("d" in key or "k" in key for key in keys)


def test_auth_takes_its_own_token_back(auth: httpx.Client, session: dict[str, Any]) -> None:
    assert user(auth, session["access_token"]).json()["id"] == session["user"]["id"]


def test_a_refresh_keeps_the_session_and_how_it_began(
    stack: Stack, auth: httpx.Client, session: dict[str, Any]
) -> None:
    body = {"refresh_token": session["refresh_token"]}
    answer = auth.post("/token", params={"grant_type": "refresh_token"}, json=body).raise_for_status().json()
    before, after = claims_of(stack, session["access_token"]), claims_of(stack, answer["access_token"])
    assert (after["session_id"], after["amr"]) == (before["session_id"], before["amr"])


def test_a_token_that_we_did_not_sign_is_nobodys(stack: Stack, auth: httpx.Client, session: dict[str, Any]) -> None:
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    key = jwt.PyJWK(stack.signing_key).key
    forged = {
        "HS256, as lite signs": jwt.encode(claims, stack.keyring.lite_secret, algorithm="HS256"),
        "unsigned": jwt.encode(claims, None, algorithm="none"),  # type: ignore[arg-type]
        "expired": jwt.encode(claims | {"exp": int(time.time()) - 1}, key, algorithm="ES256"),
        "of another project": jwt.encode(claims | {"iss": "https://x.supabase.co/auth/v1"}, key, algorithm="ES256"),
        "for another audience": jwt.encode(claims | {"aud": "else"}, key, algorithm="ES256"),
    }
    for kind, token in forged.items():
        assert user(auth, token).status_code in {401, 403}, kind


def test_signing_out_ends_the_session(auth: httpx.Client) -> None:
    credentials = {"email": f"{uuid4()}@example.com", "password": PASSWORD}
    token = auth.post("/signup", json=credentials).json()["access_token"]
    assert auth.post("/logout", headers={"Authorization": f"Bearer {token}"}).status_code == 204
    assert user(auth, token).status_code in {401, 403}


@pytest.mark.parametrize("password", ["short7A", "alllowercase7", "ALLUPPERCASE7", "NoDigitsHere"])
def test_weak_passwords_are_refused(auth: httpx.Client, password: str) -> None:
    answer = auth.post("/signup", json={"email": f"{uuid4()}@example.com", "password": password})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "weak_password")


def test_tokens_in_the_fragment_of_a_redirect_are_signed_anew() -> None:
    program = Path(__file__).with_name("sessions.mjs")
    ran = subprocess.run([packages.node(), program], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == {
        "plain": "http://app/#error=x",
        "signed": "http://app/#access_token=new%28old%3Aada%3Aotp%29&refresh_token=r",
        "nested": {"session": {"access_token": "new(old:ada:otp)", "user": {"id": "ada"}}},
        "refreshed": "new(old:ada:otp)",
        "unknown": "new(other:ada:password)",
    }
