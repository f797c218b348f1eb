"""What the operators' SQL does not do, said in a sentence; and what it lists, drops and names."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from dev.stack import Stack
from tests.ops.operator import operate, rows
from tests.world import Person, World

Refused = Callable[..., str]


@pytest.fixture
def refused(stack: Stack) -> Refused:
    """Run a statement that is refused, and return the sentence."""

    def run(name: str, /, **given: object) -> str:
        ran = operate(stack, name, "--yes", *(f"{parameter}={value}" for parameter, value in given.items()))
        assert (ran.returncode, ran.stdout) == (1, ""), ran.stdout
        assert ran.stderr.count("\n") == 1
        return ran.stderr.removeprefix(f"{name} failed: ").strip()

    return run


@pytest.fixture
def owner(world: World) -> Person:
    return world.person()


@pytest.fixture
def kind(world: World) -> Iterator[str]:
    """A kind of jobs of this test alone: one dead, one done, one waiting."""
    name = "tested." + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)[:20]
    for status in ("dead", "done", "waiting"):
        world.run(
            "insert into private.jobs (kind, status, finished_at, run_at)"
            " values (%s, %s, case when %s <> 'waiting' then now() end, now() + interval '1 day')",
            *(name, status, status),
        )
    yield name
    world.run("delete from private.jobs where kind = %s", name)


def states(world: World, kind: str) -> set[str]:
    return set(world.value("select coalesce(array_agg(status), '{}') from private.jobs where kind = %s", kind))


@pytest.mark.parametrize("until", ["2020-01-01", "now"])
def test_a_ban_that_is_over_is_none(refused: Refused, world: World, owner: Person, until: str) -> None:
    assert refused("ban_person", person=owner.id, reason="x", until=until).startswith("A ban ends in the future")
    assert world.value("select banned_until from auth.users where id = %s", owner.id) is None


def test_a_flag_is_refused_in_a_sentence(refused: Refused, world: World) -> None:
    name = f"tested_{uuid4().hex}"
    assert (
        refused("set_flag", name=name) == f'There is no flag {name} yet. To make it, say what it is: description="…".'
    )
    for percentage in (150, -1, "NaN"):
        said = refused("set_flag", name=name, description="x", percentage=percentage)
        assert said == "A percentage is from 0 to 100."
    assert world.value("select count(*) from private.feature_flags where name = %s", name) == 0


def test_a_plan_that_there_is_not_is_refused_with_those_that_there_are(
    refused: Refused, world: World, owner: Person
) -> None:
    organization = world.organization(owner)
    assert (
        refused("set_plan", org=organization, plan="gold") == "There is no such plan. There are: free, pro, enterprise."
    )
    assert world.value("select private.plan_of(%s)", organization) == "free"


@pytest.mark.parametrize("name", ["replay_jobs", "drop_jobs"])
def test_jobs_are_chosen(refused: Refused, name: str) -> None:
    assert refused(name).startswith("Say which: id=…")


def test_replaying_less_than_one_is_refused(refused: Refused, world: World, kind: str) -> None:
    assert refused("replay_jobs", kind=kind, most=-1) == "most is 1 or more."
    assert states(world, kind) == {"dead", "done", "waiting"}


@pytest.mark.parametrize("by", ["id", "kind"])
def test_dead_jobs_are_dropped_and_no_others(stack: Stack, refused: Refused, world: World, kind: str, by: str) -> None:
    dead = world.value("select id from private.jobs where kind = %s and status = 'dead'", kind)
    given = f"id={dead}" if by == "id" else f"kind={kind}"
    assert [row["id"] for row in rows(operate(stack, "drop_jobs", "--yes", given).stdout)] == [str(dead)]
    assert states(world, kind) == {"done", "waiting"}
    waiting = world.value("select id from private.jobs where kind = %s and status = 'waiting'", kind)
    assert refused("drop_jobs", id=waiting) == "There is nothing that this fits: nothing was changed."


def test_somebody_is_made_staff_and_is_no_longer(stack: Stack, refused: Refused, world: World, owner: Person) -> None:
    role = "select role from private.staff where user_id = %s"
    address = world.value("select email from auth.users where id = %s", owner.id)
    for wanted in ("ops", "admin"):
        assert operate(stack, "add_staff", "--yes", f"person={str(address).upper()}", f"role={wanted}").returncode == 0
        assert world.value(role, owner.id) == wanted
    assert refused("add_staff", person=address, role="root").startswith("There is no such role.")
    assert refused("add_staff", person=uuid4(), role="ops").startswith("There is nothing that this fits")
    assert operate(stack, "remove_staff", "--yes", f"person={address}").returncode == 0
    assert world.value("select count(*) from private.staff where user_id = %s", owner.id) == 0
    assert refused("remove_staff", person=address).startswith("There is nothing that this fits")
    trail = "select array_agg(action order by id) from audit_log where subject = %s and action like 'staff.%%'"
    assert world.value(trail, str(owner.id)) == ["staff.insert", "staff.update", "staff.delete"]


def test_a_whole_key_is_revoked_by_its_lookup_and_not_shown_again(stack: Stack, world: World, owner: Person) -> None:
    key, other = (world.key(owner, world.organization(owner), ["profile:read"]) for _ in range(2))
    whole = f"acme_sk_test_{key.lookup}{'s' * 32}{'c' * 6}"
    ran = operate(stack, "revoke_key", f"key={whole}", says="y\n")
    assert ran.returncode == 0, ran.stderr
    assert "s" * 32 not in ran.stdout + ran.stderr
    ended = "select revoked_at is not null from api_keys where id = %s"
    assert (world.value(ended, key.id), world.value(ended, other.id)) == (True, False)


@pytest.mark.parametrize(
    ("name", "known"), [("list_settings", "audit_kept_months"), ("list_limits", "burst"), ("list_flags", None)]
)
def test_what_can_be_changed_is_listed(stack: Stack, world: World, name: str, known: str | None) -> None:
    flag = known or f"tested_{uuid4().hex}"
    if known is None:
        world.run("insert into private.feature_flags (name, description) values (%s, 'x')", flag)
    assert flag in {row["name"] for row in rows(operate(stack, name).stdout)}
    world.run("delete from private.feature_flags where name = %s", flag)


def test_no_connection_changed_its_state_in_the_future(stack: Stack) -> None:
    shown = [row["longest"] for row in rows(operate(stack, "connections").stdout)]
    assert shown
    assert not [longest for longest in shown if longest.startswith("-")]
