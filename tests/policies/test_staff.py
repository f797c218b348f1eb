"""Staff: what they may do, that it takes a second factor, and that each read leaves a trace."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import OwnDatabase
from tests.world import Person, World

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def office(own_database: OwnDatabase, stack: Any) -> Any:
    """A database in which one function may act as staff_reader."""
    with own_database("office") as (world, rest):
        world.run("update private.function_keys set may_act_as = '{staff_reader}' where name = 'core'")

        def ask(
            person: Person, function: str, /, *, aal: str = "aal2", through: str = "core", **arguments: Any
        ) -> httpx.Response:
            ours = {
                "X-Function-Key": stack.function_key(through),
                "X-Act-As": "staff_reader",
                "Content-Profile": "backend",
            }
            headers = {"Authorization": f"Bearer {world.sign(person.claims(aal=aal))}", **ours}
            body = {name: value and str(value) for name, value in arguments.items()}
            return rest.post(f"/rpc/{function}", headers=headers, json=body)

        yield world, ask


def staff(world: World, role: str) -> Person:
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, %s)", person.id, role)
    return person


def calls(world: World) -> dict[str, dict[str, Any]]:
    customer, owner = world.person(), world.person()
    return {
        "staff_find_person": {"wanted": f"{customer.id}@example.com"},
        "staff_read_organization": {"org": world.organization(owner)},
        "staff_name_owner": {"org": world.organization(owner), "person": customer.id, "reason": "they asked"},
        "staff_ban": {"person": customer.id, "until": "2100-01-01", "reason": "abuse"},
        "staff_set_role": {"person": customer.id, "new_role": "ops"},
        "staff_list_errors": {"of_severity": "high"},
        "staff_read_error": {"report": customer.id},
        "staff_resolve_error": {"report": customer.id},
    }


MAY = {
    "staff_find_person": {"ops", "admin", "super_admin"},
    "staff_read_organization": {"ops", "admin", "super_admin"},
    "staff_name_owner": {"admin", "super_admin"},
    "staff_ban": {"admin", "super_admin"},
    "staff_set_role": {"super_admin"},
    "staff_list_errors": {"ops", "admin", "super_admin"},
    "staff_read_error": {"ops", "admin", "super_admin"},
    "staff_resolve_error": {"ops", "admin", "super_admin"},
}


@pytest.mark.parametrize("function", MAY)
@pytest.mark.parametrize("role", ["ops", "admin", "super_admin", None])
def test_who_may_do_what_and_only_with_a_second_factor(
    office: tuple[World, Ask], role: str | None, function: str
) -> None:
    world, ask = office
    person = staff(world, role) if role else world.person()
    arguments = calls(world)[function]
    assert ask(person, function, aal="aal1", **arguments).status_code == 403
    assert ask(person, function, **arguments).is_success is (role in MAY[function])


def test_every_function_for_staff_is_in_this_test(world: World) -> None:
    names = world.value(
        "select array_agg(proname::text) from pg_proc where pronamespace = 'backend'::regnamespace and proname like 'staff%%'"
    )
    assert set(names) == set(MAY)


def test_staff_see_a_customers_organization_and_the_customer_sees_that(office: tuple[World, Ask]) -> None:
    world, ask = office
    owner, reader = world.person(), staff(world, "ops")
    organization = world.organization(owner, "Engines")
    seen = ask(reader, "staff_read_organization", org=organization).json()
    assert (seen["name"], seen["members"][0]["email"]) == ("Engines", f"{owner.id}@example.com")
    trace = "select to_jsonb(a) from audit_log as a where org_id = %s and action = %s"
    entry = world.value(trace, organization, "staff.read_organization")
    assert (entry["actor_id"], entry["actor_kind"]) == (str(reader.id), "person")
    assert ask(reader, "staff_find_person", wanted=owner.id).json()["organizations"]
    assert world.value(trace, owner.personal_org, "staff.find_person")


def test_looking_for_nobody_leaves_a_trace_too(office: tuple[World, Ask]) -> None:
    world, ask = office
    reader = staff(world, "ops")
    assert ask(reader, "staff_find_person", wanted="nobody@example.com").json() is None
    assert (
        world.value("select success from audit_log where actor_id = %s and action = 'staff.find_person'", reader.id)
        is False
    )


def test_a_frozen_organization_thaws_with_its_new_owner(office: tuple[World, Ask]) -> None:
    world, ask = office
    owner, heir = world.person(), world.person()
    organization = world.organization(owner)
    world.run("delete from auth.users where id = %s", owner.id)
    assert ask(staff(world, "admin"), "staff_name_owner", org=organization, person=heir.id, reason="x").is_success
    thawed = "select ownerless_at is null from organizations where id = %s"
    assert world.value(thawed, organization) is True
    assert (
        world.value("select role from memberships where user_id = %s and org_id = %s", heir.id, organization) == "owner"
    )


def test_nobody_changes_their_own_staff_role(office: tuple[World, Ask]) -> None:
    world, ask = office
    chief = staff(world, "super_admin")
    assert ask(chief, "staff_set_role", person=chief.id, new_role=None).status_code == 409
    other = staff(world, "admin")
    assert ask(chief, "staff_set_role", person=other.id, new_role=None).is_success
    assert world.value("select count(*)::int from private.staff where user_id = %s", other.id) == 0
    assert ask(chief, "staff_set_role", person=other.id, new_role="emperor").is_client_error


def test_staff_have_no_way_past_the_functions(world: World, rest: httpx.Client) -> None:
    reader, organization = staff(world, "super_admin"), world.organization(world.person())
    headers = {"Authorization": f"Bearer {world.sign(reader.claims(aal='aal2'))}"}
    for table in ("organizations", "memberships", "api_keys", "audit_log"):
        column = "id" if table == "organizations" else "org_id"
        assert rest.get(f"/{table}", params={column: f"eq.{organization}"}, headers=headers).json() == []


def test_an_admin_bans_no_staff_and_names_nobody_but_others(office: tuple[World, Ask]) -> None:
    world, ask = office
    admin, chief = staff(world, "admin"), staff(world, "super_admin")
    assert ask(admin, "staff_ban", person=chief.id, until="2100-01-01", reason="x").status_code == 403
    organization = world.organization(world.person())
    assert ask(admin, "staff_name_owner", org=organization, person=admin.id, reason="x").status_code == 409
    assert ask(chief, "staff_ban", person=admin.id, until="2100-01-01", reason="x").is_success
