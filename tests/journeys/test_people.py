"""A person with the Python client and the publishable key: signs up, reads and changes what is theirs, makes a key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from postgrest import APIError

from dev.stack import Stack
from supabase import Client, ClientOptions, create_client

PASSWORD = "Correct-horse-7"


@dataclass(frozen=True)
class SignedIn:
    client: Client
    id: str
    token: str


@pytest.fixture(scope="module")
def sign_up(stack: Stack) -> Iterator[Callable[[], SignedIn]]:
    with httpx.Client() as connections:

        def make() -> SignedIn:
            client = create_client(stack.url, stack.publishable_key, ClientOptions(httpx_client=connections))
            said = {"data": {"display_name": "Ada"}}
            answer = client.auth.sign_up({"email": f"{uuid4()}@example.com", "password": PASSWORD, "options": said})  # type: ignore[typeddict-item]
            assert answer.user
            assert answer.session
            return SignedIn(client, answer.user.id, answer.session.access_token)

        yield make


@pytest.fixture(scope="module")
def ada(sign_up: Callable[[], SignedIn]) -> SignedIn:
    return sign_up()


@pytest.fixture(scope="module")
def grace(sign_up: Callable[[], SignedIn]) -> SignedIn:
    return sign_up()


def rows(client: Client, table: str) -> Any:
    """Return every row that this client sees."""
    return client.table(table).select("*").execute().data


def test_a_sign_up_has_made_a_profile_and_a_personal_organization(ada: SignedIn) -> None:
    [profile] = rows(ada.client, "profiles")
    [organization] = rows(ada.client, "organizations")
    [membership] = rows(ada.client, "memberships")
    assert (profile["id"], profile["display_name"]) == (ada.id, "Ada")
    assert organization["personal_of"] == ada.id
    assert (membership["org_id"], membership["user_id"], membership["role"]) == (organization["id"], ada.id, "owner")


def test_people_change_their_own_profile_only(ada: SignedIn, grace: SignedIn) -> None:
    ada.client.table("profiles").update({"display_name": "Countess"}).eq("id", ada.id).execute()
    assert [row["display_name"] for row in rows(ada.client, "profiles")] == ["Countess"]
    assert ada.client.table("profiles").update({"display_name": "x"}).eq("id", grace.id).execute().data == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("profiles", {"id": str(uuid4())}),
        ("profiles", {"created_at": "2020-01-01"}),
        ("memberships", {"role": "owner"}),
        ("organizations", {"personal_of": None}),
        ("api_keys", {"scopes": ["billing:write"]}),
    ],
)
def test_nobody_writes_roles_or_what_is_not_theirs_to_say(ada: SignedIn, table: str, change: dict[str, object]) -> None:
    with pytest.raises(APIError) as refused:
        ada.client.table(table).update(change).neq("created_at", "1999-01-01").execute()
    assert refused.value.code == "42501"


def test_backend_and_private_are_no_places_for_a_client(ada: SignedIn) -> None:
    for schema, code in (("backend", "42501"), ("private", "PGRST106"), ("gate", "PGRST106"), ("auth", "PGRST106")):
        with pytest.raises(APIError) as refused:
            ada.client.schema(schema).table("settings").select("*").execute()
        assert refused.value.code == code


def test_signing_out_ends_the_access_token_in_the_database_too(stack: Stack, sign_up: Callable[[], SignedIn]) -> None:
    person = sign_up()
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {person.token}"}
    profiles = f"{stack.url}/rest/v1/profiles"
    assert len(httpx.get(profiles, headers=headers).json()) == 1
    person.client.auth.sign_out()
    assert httpx.get(profiles, headers=headers).json() == []
    answer = httpx.get(f"{stack.functions_url}/auth/profile", headers={"Authorization": f"Bearer {person.token}"})
    assert answer.status_code == 401


def test_a_refreshed_session_goes_on(sign_up: Callable[[], SignedIn]) -> None:
    person = sign_up()
    refreshed = person.client.auth.refresh_session()
    assert refreshed.session
    assert refreshed.session.access_token != person.token or refreshed.session.refresh_token
    assert len(person.client.table("profiles").select("id").execute().data) == 1


def test_tokens_are_as_hosted_issues_them(stack: Stack, ada: SignedIn) -> None:
    claims = ada.client.auth.get_claims(ada.token)
    assert claims
    held: Any = claims["claims"]
    assert (held["iss"], held["aud"], held["role"], held["aal"]) == (
        f"{stack.url}/auth/v1",
        "authenticated",
        "authenticated",
        "aal1",
    )
    assert held["exp"] - held["iat"] == 900
    assert claims["headers"]["alg"] == "ES256"


def test_a_change_of_what_has_changed_meanwhile_does_nothing(ada: SignedIn) -> None:
    seen = rows(ada.client, "profiles")[0]
    ada.client.table("profiles").update({"display_name": "First"}).eq("id", ada.id).execute()
    late = (
        ada.client.table("profiles")
        .update({"display_name": "Late"})
        .eq("id", ada.id)
        .eq("updated_at", seen["updated_at"])
    )
    assert late.execute().data == []
    assert rows(ada.client, "profiles")[0]["display_name"] == "First"
