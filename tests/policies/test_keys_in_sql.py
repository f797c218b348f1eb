"""Making, using and revoking API keys, straight at the database: what holds whatever our Python does."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.policies.cast import ALL_SCOPES
from tests.world import Person, World, digest_of

NEW_KEY = {"name": "k", "scopes": ["profile:read"], "pepper_version": 1, "digest": digest_of("secret")}


@pytest.fixture
def create(rest: httpx.Client, world: World, function_key: str) -> Callable[..., httpx.Response]:
    """Ask for a key as a person, through our function unless told otherwise."""

    def ask(person: Person, *, direct: bool = False, **changes: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {world.sign(person.claims())}"}
        if not direct:
            headers["X-Function-Key"] = function_key
        return rest.post("/rpc/create_api_key", headers=headers, json=NEW_KEY | {"lookup": uuid4().hex[:12]} | changes)

    return ask


def admit(rest: httpx.Client, function_key: str, needs: str | None = None, **headers: str) -> dict[str, Any]:
    ours = {"X-Function-Key": function_key, "X-Act-As": "gatekeeper", "Content-Profile": "backend"}
    sent = ours | {name.replace("_", "-"): value for name, value in headers.items()}
    answer = rest.post("/rpc/admit", headers=sent, json={"route": "GET /x", "needs": needs})
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def test_a_person_makes_a_key_in_their_personal_organization(
    world: World, create: Callable[..., httpx.Response]
) -> None:
    person = world.person()
    made = create(person, scopes=["profile:read", "api-keys:read", "profile:read"]).json()
    assert (made["org_id"], made["maker_id"]) == (str(person.personal_org), str(person.id))
    assert made["scopes"] == ["api-keys:read", "profile:read"]


def test_keys_are_not_made_past_our_function(world: World, create: Callable[..., httpx.Response]) -> None:
    person = world.person()
    answer = create(person, direct=True)
    assert (answer.status_code, answer.json()["code"]) == (403, "PT403")
    assert world.value("select count(*)::int from api_keys where maker_id = %s", person.id) == 0


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("billing", 403), ("member", 403)])
def test_who_may_make_keys_in_an_organization(
    world: World, create: Callable[..., httpx.Response], role: str, status: int
) -> None:
    organization = world.organization(world.person())
    assert create(world.member(organization, role), org_id=str(organization)).status_code == status


def test_an_organization_that_is_not_yours_does_not_exist(world: World, create: Callable[..., httpx.Response]) -> None:
    organization = world.organization(world.person())
    for unknown in (str(organization), str(uuid4())):
        assert create(world.person(), org_id=unknown).status_code == 404


def test_scopes_must_exist_and_be_the_makers(world: World, create: Callable[..., httpx.Response]) -> None:
    organization = world.organization(world.person())
    admin = world.member(organization, "admin")
    assert create(admin, org_id=str(organization), scopes=["admin:everything"]).status_code == 400
    assert create(admin, org_id=str(organization), scopes=["profile:read", "billing:write"]).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"name": ""}, "23514", id="no name"),
        pytest.param({"name": "x" * 101}, "23514", id="long name"),
        pytest.param({"scopes": []}, "23514", id="no scopes"),
        pytest.param({"scopes": ["profile:read"] * 2 + [None]}, "23514", id="null among scopes"),
        pytest.param({"expires_at": "2020-01-01T00:00:00Z"}, "PT400", id="expired already"),
        pytest.param({"expires_at": "9999-12-31T23:59:59-12:00"}, "PT400", id="beyond every calendar"),
        pytest.param({"expires_at": "infinity"}, "PT400", id="never, in Postgres's words"),
        pytest.param({"name": "a\nb"}, "23514", id="line break in the name"),
        pytest.param({"name": "a\u202eb"}, "23514", id="turned direction in the name"),
        pytest.param({"digest": None}, "PT400", id="null digest"),
        pytest.param({"lookup": "short"}, "23514", id="no id"),
        pytest.param({"digest": "abcd"}, "PT400", id="no digest"),
        pytest.param({"pepper_version": 0}, "23514", id="no pepper"),
    ],
)
def test_a_row_that_is_no_key_is_not_stored(
    world: World, create: Callable[..., httpx.Response], changes: dict[str, Any], code: str
) -> None:
    person = world.person()
    answer = create(person, **changes)
    assert (answer.json()["code"], answer.is_client_error) == (code, True)
    assert world.value("select count(*)::int from api_keys where maker_id = %s", person.id) == 0


def test_admission_tells_who_a_key_is(world: World, rest: httpx.Client, function_key: str) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read", "audit:read"])
    verdict = admit(rest, function_key, "profile:read", X_Api_Key=key.presented())
    limits = [(limit["name"], limit["left"]) for limit in verdict.pop("limits")]
    assert limits == [("burst", 99), ("free", 99)]
    assert verdict == {
        "admitted": True,
        "plan": "free",
        "principal": {
            "kind": "key",
            "id": str(key.id),
            "lookup": key.lookup,
            "maker_id": str(person.id),
            "org_id": str(person.personal_org),
            "scopes": ["audit:read", "profile:read"],
        },
    }


def test_a_key_never_does_more_than_its_maker(world: World, rest: httpx.Client, function_key: str) -> None:
    organization = world.organization(world.person())
    maker = world.member(organization, "owner")
    key = world.key(maker, organization, ALL_SCOPES)
    assert admit(rest, function_key, "api-keys:read", X_Api_Key=key.presented())["admitted"]
    world.run("update memberships set role = 'member' where user_id = %s and org_id = %s", maker.id, organization)
    demoted = admit(rest, function_key, "api-keys:read", X_Api_Key=key.presented())
    assert (demoted["status"], demoted["reason"]) == (403, "scope_missing")
    world.run("delete from memberships where user_id = %s and org_id = %s", maker.id, organization)
    assert admit(rest, function_key, X_Api_Key=key.presented())["reason"] == "key_revoked"
    world.join(organization, maker, "owner")
    assert admit(rest, function_key, X_Api_Key=key.presented())["reason"] == "key_revoked"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("update api_keys set revoked_at = now() where id = %s", "key_revoked"),
        (
            "update api_keys set created_at = now() - interval '2 s', expires_at = now() - interval '1 s' where id = %s",
            "key_expired",
        ),
        (
            "update auth.users set banned_until = 'infinity' where id = (select maker_id from api_keys where id = %s)",
            "key_orphaned",
        ),
        (
            "update auth.users set deleted_at = now() where id = (select maker_id from api_keys where id = %s)",
            "key_orphaned",
        ),
        ("delete from auth.users where id = (select maker_id from api_keys where id = %s)", "key_unknown"),
        ("delete from api_keys where id = %s", "key_unknown"),
    ],
)
def test_a_key_ends_with_the_very_next_request(
    world: World, rest: httpx.Client, function_key: str, event: str, reason: str
) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    assert admit(rest, function_key, X_Api_Key=key.presented())["admitted"]
    world.run(event, key.id)
    verdict = admit(rest, function_key, X_Api_Key=key.presented())
    assert (verdict["status"], verdict["reason"]) == (401, reason)
    read = rest.get("/profiles", headers={"X-Function-Key": function_key, "X-Api-Key": key.presented()})
    assert read.status_code == 401


def test_the_state_of_a_key_is_told_only_to_who_holds_it(world: World, rest: httpx.Client, function_key: str) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    world.run("update api_keys set revoked_at = now() where id = %s", key.id)
    assert admit(rest, function_key, X_Api_Key=key.presented(secret="guess"))["reason"] == "key_unknown"


def test_revoking_ends_a_key_for_good_and_a_repeat_answers_the_same(world: World, rest: httpx.Client) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    headers = {"Authorization": f"Bearer {world.sign(person.claims())}"}
    answers = [rest.post("/rpc/revoke_api_key", headers=headers, json={"key_id": str(key.id)}).json() for _ in range(2)]
    assert answers[0]["revoked_at"]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("role", ["billing", "member", None])
def test_who_may_not_make_keys_may_not_revoke_them(world: World, rest: httpx.Client, role: str | None) -> None:
    owner = world.person()
    organization = world.organization(owner)
    key = world.key(owner, organization, ["profile:read"])
    person = world.member(organization, role) if role else world.person()
    headers = {"Authorization": f"Bearer {world.sign(person.claims())}"}
    assert rest.post("/rpc/revoke_api_key", headers=headers, json={"key_id": str(key.id)}).status_code == 404
    assert world.value("select revoked_at from api_keys where id = %s", key.id) is None


def test_use_is_stamped_at_most_once_in_five_minutes(world: World, rest: httpx.Client, function_key: str) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    stamps = []
    for _ in range(3):
        admit(rest, function_key, X_Api_Key=key.presented())
        stamps.append(world.value("select (last_used_at, updated_at)::text from api_keys where id = %s", key.id))
    assert len(set(stamps)) == 1
    assert world.value(
        "select last_used_at is not null and updated_at = created_at from api_keys where id = %s", key.id
    )
    world.run("update api_keys set last_used_at = now() - interval '6 minutes' where id = %s", key.id)
    admit(rest, function_key, X_Api_Key=key.presented())
    assert world.value("select last_used_at > now() - interval '1 minute' from api_keys where id = %s", key.id)


def test_nobody_is_admitted_without_credentials_or_with_an_ended_session(
    world: World, rest: httpx.Client, function_key: str
) -> None:
    person = world.person()
    bearer = f"Bearer {world.sign(person.claims())}"
    assert admit(rest, function_key)["status"] == 401
    assert admit(rest, function_key, Authorization=bearer)["principal"] == {
        "kind": "person",
        "id": str(person.id),
        "aal": "aal1",
    }
    world.run("delete from auth.sessions where id = %s", person.session_id)
    assert admit(rest, function_key, Authorization=bearer)["reason"] == "session_ended"
