import json

import pytest

from functions.auth import account
from tests.functions.deployed import Ask
from tests.world import World


def test_the_export_holds_everything_and_no_secret(ask: Ask, world: World) -> None:
    person = world.person()
    organization = world.organization(person, "Engines")
    key = world.key(person, organization, ["profile:read"])
    world.invitation(person, organization, "guest@example.com")
    guest = world.member(organization, "member")
    for seated in (person, guest):
        world.run(
            "insert into seats (org_id, user_id, assigned_by) values (%s, %s, %s)", organization, seated.id, person.id
        )
    document = ask(account.app, "GET", "/auth/account/export", person).json()["data"]
    assert document["account"]["email"] == f"{person.id}@example.com"
    assert document["profile"]["id"] == str(person.id)
    assert {(each["name"], each["role"]) for each in document["organizations"]} == {
        ("Personal", "owner"),
        ("Engines", "owner"),
    }
    assert [each["lookup"] for each in document["api_keys"]] == [key.lookup]
    assert [each["email"] for each in document["invitations_sent"]] == ["guest@example.com"]
    assert [each["id"] for each in document["sessions"]] == [str(person.session_id)]
    assert [each["org_id"] for each in document["seats"]] == [str(organization)]
    assert str(guest.id) not in json.dumps(document)
    assert "password" not in json.dumps(document)
    assert "digest" not in json.dumps(document)


EXPORTED = {
    f"public.{name}" for name in ("profiles", "organizations", "memberships", "api_keys", "invitations", "seats")
}
NOT_EXPORTED = {
    "private.staff": "the employer's record, not the person's",
    "private.error_reports": "who of the staff resolved it",
    "private.invitation_sends": "a count of mails, of a day's use",
    "private.failed_attempts": "what strangers tried; gone with the account",
}


def test_everything_that_refers_to_people_was_weighed_for_the_export(world: World) -> None:
    referring = world.value(
        "select array_agg(distinct n.nspname || '.' || c.relname) from pg_constraint as k"
        " inner join pg_class as c on c.oid = k.conrelid inner join pg_namespace as n on n.oid = c.relnamespace"
        " where k.contype = 'f' and k.confrelid = 'auth.users'::regclass and n.nspname in ('public', 'private')"
    )
    assert set(referring) == EXPORTED | set(NOT_EXPORTED)


def test_erasing_takes_all_that_is_personal(ask: Ask, world: World) -> None:
    person = world.person()
    alone, shared = world.organization(person), world.organization(world.person())
    world.join(shared, person, "admin")
    key = world.key(person, shared, ["profile:read"])
    invitation = world.invitation(world.person(), shared, f"{person.id}@example.com")
    assert ask(account.app, "DELETE", "/auth/account", person).json()["data"] == {"erased": True}
    left = {
        "auth.users": person.id,
        "auth.sessions": person.session_id,
        "profiles": person.id,
        "organizations": alone,
        "api_keys": key.id,
        "invitations": invitation,
    }
    assert [
        table for table, row in left.items() if world.value(f"select count(*) from {table} where id = %s", row)
    ] == []
    assert world.value("select count(*)::int from organizations where id = any(%s)", [person.personal_org, shared]) == 1
    assert ask(account.app, "GET", "/auth/account/export", person).status == 401


def test_a_last_owner_hands_over_before_they_go(ask: Ask, world: World) -> None:
    person = world.person()
    world.member(world.organization(person), "admin")
    answer = ask(account.app, "DELETE", "/auth/account", person)
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert world.value("select count(*)::int from auth.users where id = %s", person.id) == 1


@pytest.mark.parametrize(("age", "status"), [("9 minutes", 200), ("11 minutes", 403)])
def test_erasing_needs_a_fresh_sign_in_and_a_refreshed_token_is_none(
    ask: Ask, world: World, age: str, status: int
) -> None:
    person = world.person()
    world.run(
        "update auth.sessions set created_at = now() - %s::interval, refreshed_at = now() where id = %s",
        *(age, person.session_id),
    )
    assert ask(account.app, "DELETE", "/auth/account", person).status == status
    assert world.value("select count(*)::int from auth.users where id = %s", person.id) == (status == 403)
