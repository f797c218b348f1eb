"""Forged and foreign tokens, through PostgREST to the rows."""

import base64
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.world import Person, World


@pytest.fixture(scope="module")
def person(world: World) -> Person:
    return world.person()


def profiles(rest: httpx.Client, token: str) -> httpx.Response:
    return rest.get("/profiles", headers={"Authorization": f"Bearer {token}"})


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part, default=str).encode()).rstrip(b"=").decode()


def test_a_good_token_opens_ones_own_rows_only(rest: httpx.Client, world: World, person: Person) -> None:
    world.person()
    answer = profiles(rest, world.sign(person.claims()))
    assert [row["id"] for row in answer.json()] == [str(person.id)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": "another-project"}, id="another audience"),
        pytest.param({"exp": lambda: int(time.time()) - 120}, id="expired"),
        pytest.param({"nbf": lambda: int(time.time()) + 600}, id="not yet valid"),
        pytest.param({"role": "gatekeeper"}, id="a function's role"),
        pytest.param({"role": "integrator"}, id="the keys' role"),
        pytest.param({"role": "observer"}, id="the observer's role"),
        pytest.param({"role": "postgres"}, id="the owner"),
        pytest.param({"role": "supabase_admin"}, id="the superuser"),
        pytest.param({"role": "nobody-knows"}, id="an unknown role"),
    ],
)
def test_a_signed_token_with_a_wrong_claim_is_refused(
    rest: httpx.Client, world: World, person: Person, changes: dict[str, Any]
) -> None:
    # Moments are counted from now: long before, when tests are collected, is another time.
    changed = {name: value() if callable(value) else value for name, value in changes.items()}
    assert profiles(rest, world.sign(person.claims(**changed))).status_code in {400, 401, 403}


@pytest.mark.parametrize("missing", ["aud", "session_id", "sub"])
def test_a_token_without_what_auth_always_says_sees_nothing(
    rest: httpx.Client, world: World, person: Person, missing: str
) -> None:
    answer = profiles(rest, world.sign(person.claims(**{missing: None})))
    assert answer.is_client_error or answer.json() == []


def test_another_persons_session_does_not_vouch_for_me(rest: httpx.Client, world: World, person: Person) -> None:
    stranger = world.person()
    assert profiles(rest, world.sign(person.claims(session_id=str(stranger.session_id)))).json() == []


def forgeries(world: World, person: Person, public_key: dict[str, Any]) -> dict[str, str]:
    """Return tokens that nobody with the signing key has made."""
    good, claims = world.sign(person.claims()), person.claims()
    header, payload, signature = good.split(".")
    other = ec.generate_private_key(ec.SECP256R1())
    public_pem = jwt.PyJWK(public_key).key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    confused = encoded({"alg": "HS256", "typ": "JWT"}) + "." + payload
    hmac_keys = {"pem": public_pem, "jwk": json.dumps(public_key).encode()}
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed_by_public = {
        f"HS256 with the public key as {name}": confused
        + "."
        + base64.urlsafe_b64encode(algorithm.sign(confused.encode(), key)).rstrip(b"=").decode()
        for name, key in hmac_keys.items()
    }
    return signed_by_public | {
        "none": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "none, signature kept": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.{signature}",
        "unknown key and kid": jwt.encode(claims, other, algorithm="ES256", headers={"kid": "unknown"}),
        "unknown key, our kid": jwt.encode(claims, other, algorithm="ES256", headers={"kid": public_key["kid"]}),
        "HS256 with a guess": jwt.encode(claims, "secret" * 8, algorithm="HS256"),
        "tampered": f"{header}.{encoded(person.claims(sub=str(world.person().id)))}.{signature}",
        "no signature": f"{header}.{payload}.",
        "cut short": good[:-8],
        "two parts": f"{header}.{payload}",
        "not base64": "a.b.c",
    }


def test_no_forgery_opens_anything(
    rest: httpx.Client, world: World, person: Person, public_key: dict[str, Any]
) -> None:
    for name, token in forgeries(world, person, public_key).items():
        assert profiles(rest, token).status_code == 401, name
