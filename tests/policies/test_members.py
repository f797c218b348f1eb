"""Organizations and who is in them: what people do by the functions of schema public, straight through PostgREST."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.world import Person, World

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def ask(rest: httpx.Client, world: World) -> Ask:
    """Call a function as a person; `aal` is how strongly they signed in."""

    def call(person: Person, function: str, aal: str = "aal1", **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {world.sign(person.claims(aal=aal))}"}
        body = {name: str(value) for name, value in arguments.items()}
        return rest.post(f"/rpc/{function}", headers=headers, json=body)

    return call


def role_of(world: World, organization: UUID, person: Person) -> Any:
    return world.value("select role from memberships where org_id = %s and user_id = %s", organization, person.id)


def owners(world: World, organization: UUID) -> Any:
    return world.value("select count(*)::int from memberships where org_id = %s and role = 'owner'", organization)


def test_whoever_makes_an_organization_owns_it(ask: Ask, world: World) -> None:
    person = world.person()
    made = ask(person, "create_organization", name="Acme").json()
    assert (made["name"], role_of(world, made["id"], person)) == ("Acme", "owner")


def test_nobody_makes_more_organizations_than_the_setting_says(ask: Ask, world: World) -> None:
    person = world.person()
    for _ in range(20):
        assert ask(person, "create_organization", name="x").is_success
    assert ask(person, "create_organization", name="x").status_code == 409


@pytest.mark.parametrize(
    ("actor", "target", "new_role", "status"),
    [
        ("owner", "member", "owner", 200),
        ("owner", "admin", "member", 200),
        ("admin", "member", "admin", 200),
        ("admin", "member", "owner", 403),
        ("admin", "owner", "member", 403),
        ("admin", "billing", "member", 403),
        ("admin", "member", "billing", 403),
        ("admin", "admin", "owner", 403),
        ("billing", "member", "billing", 403),
        ("member", "member", "owner", 403),
        ("outsider", "member", "admin", 404),
        ("owner", "outsider", "member", 404),
        ("owner", "member", "emperor", 400),
    ],
)
def test_a_role_is_given_and_taken_by_those_who_hold_it(
    ask: Ask, world: World, actor: str, target: str, new_role: str, status: int
) -> None:
    organization = world.organization(world.person())

    def somebody(role: str) -> Person:
        return world.person() if role == "outsider" else world.member(organization, role)

    acting, reached = somebody(actor), somebody(target)
    answer = ask(acting, "change_role", org_id=organization, user_id=reached.id, role=new_role)
    assert answer.status_code == status, answer.text
    assert role_of(world, organization, reached) == (
        new_role if status == 200 else None if target == "outsider" else target
    )


@pytest.mark.parametrize(
    ("actor", "target", "status"),
    [
        ("owner", "owner", 200),
        ("owner", "member", 200),
        ("admin", "member", 200),
        ("admin", "owner", 403),
        ("admin", "billing", 403),
        ("billing", "member", 403),
        ("member", "member", 403),
        ("outsider", "member", 404),
        ("owner", "outsider", 404),
    ],
)
def test_who_may_take_whom_out(ask: Ask, world: World, actor: str, target: str, status: int) -> None:
    organization = world.organization(world.person())

    def somebody(role: str) -> Person:
        return world.person() if role == "outsider" else world.member(organization, role)

    acting, reached = somebody(actor), somebody(target)
    assert ask(acting, "remove_member", org_id=organization, user_id=reached.id).status_code == status
    assert (role_of(world, organization, reached) is None) is (status == 200 or target == "outsider")


def test_the_last_owner_stays_one(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    world.member(organization, "admin")
    for answer in (
        ask(owner, "leave_organization", org_id=organization),
        ask(owner, "remove_member", org_id=organization, user_id=owner.id),
        ask(owner, "change_role", org_id=organization, user_id=owner.id, role="admin"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "PT409")
    assert role_of(world, organization, owner) == "owner"


def test_whoever_leaves_is_told_which_keys_end_with_them(ask: Ask, world: World) -> None:
    organization = world.organization(world.person())
    leaving, staying = world.member(organization, "admin"), world.member(organization, "admin")
    ending, saved = (world.key(leaving, organization, ["members:read"]) for _ in range(2))
    adopted = ask(staying, "adopt_key", key_id=saved.id, user_id=staying.id)
    assert adopted.json()["maker_id"] == str(staying.id)
    answer = ask(leaving, "leave_organization", org_id=organization).json()
    assert [key["id"] for key in answer["ended_keys"]] == [str(ending.id)]


@pytest.mark.parametrize(
    ("actor", "maker", "status"),
    [
        ("admin", "admin", 200),
        ("admin", "member", 409),
        ("admin", "outsider", 409),
        ("member", "admin", 404),
        ("outsider", "admin", 404),
    ],
)
def test_a_key_is_adopted_only_by_whom_it_does_not_exceed(
    ask: Ask, world: World, actor: str, maker: str, status: int
) -> None:
    organization = world.organization(world.person())
    cast = {role: world.member(organization, role) for role in ("admin", "member")} | {"outsider": world.person()}
    key = world.key(world.member(organization, "admin"), organization, ["api-keys:read"])
    assert ask(cast[actor], "adopt_key", key_id=key.id, user_id=cast[maker].id).status_code == status


def test_an_organization_is_handed_over(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    heir = world.member(organization, "member")
    for nobody in (world.member(organization, "admin"), heir, world.person()):
        assert ask(nobody, "transfer_organization", org_id=organization, user_id=heir.id).status_code in {403, 404}
    assert ask(owner, "transfer_organization", org_id=organization, user_id=world.person().id).status_code == 404
    assert ask(owner, "transfer_organization", org_id=organization, user_id=heir.id).is_success
    assert (role_of(world, organization, heir), role_of(world, organization, owner)) == ("owner", "admin")


def test_only_an_owner_deletes_an_organization(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    for nobody, status in ((world.member(organization, "admin"), 403), (world.person(), 404)):
        assert ask(nobody, "delete_organization", org_id=organization).status_code == status
    assert ask(owner, "delete_organization", org_id=organization).is_success
    assert world.value("select count(*)::int from organizations where id = %s", organization) == 0


def test_a_personal_organization_is_nobody_elses(ask: Ask, world: World) -> None:
    person, other = world.person(), world.person()
    home = person.personal_org
    assert ask(person, "delete_organization", org_id=home).status_code == 409
    assert ask(person, "leave_organization", org_id=home).status_code == 409
    for statement in (
        "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
        "update memberships set role = 'member' where org_id = %s and user_id <> %s",
    ):
        with pytest.raises(psycopg.Error) as refused:
            world.run(statement, home, other.id)
        assert refused.value.sqlstate == "PT409"
    with pytest.raises(psycopg.Error) as refused:
        world.run("delete from organizations where id = %s", home)
    assert refused.value.sqlstate == "PT409"


def test_deleting_a_person_works_and_freezes_what_they_alone_owned(ask: Ask, world: World) -> None:
    owner = world.person()
    organization, shared = world.organization(owner), world.organization(owner)
    world.member(shared, "owner")
    admin = world.member(organization, "admin")
    world.run("delete from auth.users where id = %s", owner.id)
    frozen = "select ownerless_at is not null from organizations where id = %s"
    assert (world.value(frozen, organization), world.value(frozen, shared)) == (True, False)
    assert world.value("select count(*)::int from organizations where id = %s", owner.personal_org) == 0

    assert ask(admin, "change_role", org_id=organization, user_id=admin.id, role="owner").status_code == 403
    held = world.value("select array_agg(held) from private.held_by(%s, %s) as held", admin.id, organization)
    assert {permission.split(":")[1] for permission in held} == {"read"}


def test_deleting_an_organization_with_members_leaves_no_mark(world: World) -> None:
    organization = world.organization(world.person())
    world.member(organization, "member")
    assert world.run("delete from organizations where id = %s", organization) == 1


def test_an_organization_may_demand_a_second_factor_for_what_is_sensitive(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    member = world.member(organization, "member")
    world.run("update organizations set demands_aal2 = true where id = %s", organization)
    weak = ask(owner, "change_role", org_id=organization, user_id=member.id, role="admin")
    assert (weak.status_code, "second factor" in weak.json()["message"]) == (403, True)
    assert ask(owner, "delete_organization", org_id=organization).status_code == 403
    strong = ask(owner, "change_role", aal="aal2", org_id=organization, user_id=member.id, role="admin")
    assert strong.is_success


def test_owners_who_leave_at_the_same_instant_leave_one_behind(ask: Ask, world: World) -> None:
    for _ in range(5):
        first = world.person()
        organization = world.organization(first)
        people = [first, *(world.member(organization, "owner") for _ in range(7))]
        with ThreadPoolExecutor(len(people)) as pool:
            leaving = [pool.submit(ask, person, "leave_organization", org_id=organization) for person in people]
        answers = [each.result() for each in leaving]
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [409]
        assert owners(world, organization) == 1


def test_a_handover_and_a_removal_at_once_leave_an_owner(ask: Ask, world: World) -> None:
    for _ in range(10):
        owner = world.person()
        organization = world.organization(owner)
        heir, admin = world.member(organization, "member"), world.member(organization, "admin")
        with ThreadPoolExecutor(2) as pool:
            pool.submit(ask, owner, "transfer_organization", org_id=organization, user_id=heir.id)
            pool.submit(ask, admin, "remove_member", org_id=organization, user_id=heir.id)
        assert owners(world, organization) == 1


def test_an_unknown_organization_and_somebody_elses_look_alike(ask: Ask, world: World) -> None:
    somebody, theirs = world.person(), world.organization(world.person())
    answers = [
        ask(somebody, "change_role", org_id=organization, user_id=somebody.id, role="owner").json()
        for organization in (theirs, uuid4())
    ]
    assert answers[0] == answers[1]


def test_two_owners_deleted_at_the_same_instant_leave_a_frozen_organization(world: World) -> None:
    first = world.person()
    organization = world.organization(first)
    second = world.member(organization, "owner")
    world.member(organization, "admin")
    dsn, password = world.connection.info.dsn, world.connection.info.password
    with (
        psycopg.connect(dsn, password=password) as one,
        psycopg.connect(dsn, password=password) as two,
        ThreadPoolExecutor(1) as pool,
    ):
        one.execute(b"delete from auth.users where id = %s", [first.id])
        waiting = pool.submit(two.execute, b"delete from auth.users where id = %s", [second.id])
        one.commit()
        waiting.result()
        two.commit()
    assert owners(world, organization) == 0
    assert world.value("select ownerless_at is not null from organizations where id = %s", organization) is True


def test_a_banned_owner_is_no_other_owner(ask: Ask, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    banned = world.member(organization, "owner")
    world.run("update auth.users set banned_until = 'infinity' where id = %s", banned.id)
    assert ask(owner, "leave_organization", org_id=organization).status_code == 409
    assert ask(owner, "erase_me").status_code == 409
