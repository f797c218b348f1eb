"""What an operator does in Supabase's dashboard, as the roles that it uses."""

import psycopg

from dev.stack import Stack
from tests.world import World


def test_deleting_a_person_works_as_supabase_auth_does_it(stack: Stack, world: World) -> None:
    person = world.person()
    alone, shared = world.organization(person), world.organization(world.person())
    world.join(shared, person, "owner")
    key = world.key(person, shared, ["profile:read"])
    with psycopg.connect(stack.database_url("supabase_auth_admin"), autocommit=True) as auth:
        assert auth.execute(b"delete from auth.users where id = %s", [person.id]).rowcount == 1
    assert world.value("select count(*)::int from profiles where id = %s", person.id) == 0
    assert world.value("select count(*)::int from organizations where personal_of = %s", person.id) == 0
    assert world.value("select ownerless_at is not null from organizations where id = %s", alone) is True
    assert world.value("select ownerless_at is null from organizations where id = %s", shared) is True
    assert world.value("select count(*)::int from api_keys where id = %s", key.id) == 0
    actors = "select array_agg(distinct actor_kind) from audit_log where org_id = %s and action = 'memberships.delete'"
    assert world.value(actors, shared) == ["auth"]


def test_deleting_an_organization_works_as_its_owner_in_the_database(world: World) -> None:
    organization = world.organization(world.person())
    world.member(organization, "member")
    assert world.run("delete from organizations where id = %s", organization) == 1
