"""AUTH_BINARY with a stand-in for the program: what it is given, when it runs, what the gateway leaves alone."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from dev import ports
from dev.packages import CHECKOUT
from dev.stack import Stack


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("real")
    binary = folder / "auth"
    double = Path(__file__).with_name("auth_double.py")
    binary.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" "{double}" "$@"\n')
    binary.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTH_BINARY", str(binary))
        stack = Stack(folder / "stack", ports.free_block(), durable=False, reload=False, quiet=True)
    with stack:
        yield stack


def test_its_tables_come_before_ours_and_its_tokens_are_taken_as_they_are(real: Stack) -> None:
    key = {"apikey": real.publishable_key}
    answer = httpx.post(f"{real.url}/auth/v1/signup", headers=key, json={}).raise_for_status().json()
    assert answer["path"] == "/signup"
    token = answer["access_token"]
    rows = httpx.get(f"{real.url}/rest/v1/profiles", headers={**key, "Authorization": f"Bearer {token}"})
    assert rows.status_code == 200
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["iss"] == f"{real.url}/auth/v1"


def test_a_persons_token_arrives_unchanged_and_the_secret_key_as_a_token_of_ours(real: Stack) -> None:
    person = {"apikey": real.publishable_key, "Authorization": "Bearer a.b.c"}
    assert httpx.get(f"{real.url}/auth/v1/user?x=1", headers=person).json() == {
        "path": "/user?x=1",
        "authorization": "Bearer a.b.c",
    }
    operator = httpx.get(f"{real.url}/auth/v1/admin/users", headers={"apikey": real.secret_key}).json()
    public = jwt.PyJWK(real.keyring.public_jwk)
    claims = jwt.decode(operator["authorization"][7:], public, algorithms=["ES256"], audience="authenticated")
    assert claims["role"] == "service_role"


def test_the_published_keys_are_its_own(real: Stack) -> None:
    assert httpx.get(f"{real.url}/auth/v1/.well-known/jwks.json").json()["path"] == "/.well-known/jwks.json"
