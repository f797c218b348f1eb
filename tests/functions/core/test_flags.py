"""Who has which feature, as SQL decides it."""

import hashlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from functions.auth import profile
from tests.functions.deployed import Ask
from tests.world import World

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def flag(world: World) -> Iterator[str]:
    """A flag that is enabled for nobody in particular."""
    name = f"tested_{uuid4().hex}"
    world.run("insert into private.feature_flags (name, enabled, description) values (%s, true, 'tested')", name)
    yield name
    world.run("delete from private.feature_flags where name = %s", name)


def turn(world: World, flag: str, **columns: Any) -> None:
    names = ", ".join(f"{column} = %s" for column in columns)
    world.run(f"update private.feature_flags set {names} where name = %s", *columns.values(), flag)


def on(world: World, flag: str, org: UUID | None = None, person: UUID | None = None) -> bool:
    return bool(world.value("select private.flag(%s, %s, %s)", flag, org, person))


def share(world: World, flag: str, percentage: float) -> set[int]:
    """Return which of 2,000 organizations have a feature at this percentage."""
    turn(world, flag, percentage=percentage)
    rows = world.connection.execute(
        "select n from generate_series(1, 2000) as n where private.flag(%s, md5(n::text)::uuid)", [flag]
    )
    return {row[0] for row in rows}


def test_a_roll_out_grows_and_takes_nothing_back(world: World, flag: str) -> None:
    shares = [share(world, flag, percentage) for percentage in (0, 1, 10, 50, 99.99, 100)]
    assert all(small <= large for small, large in itertools.pairwise(shares))
    counts = [len(each) for each in shares]
    assert (counts[0], counts[-1]) == (0, 2000)
    assert 150 < counts[2] < 250
    assert 900 < counts[3] < 1100


def test_each_flag_has_its_own_first_ones(world: World, flag: str) -> None:
    other = f"{flag[:-1]}_other"
    world.run("insert into private.feature_flags (name, enabled, description) values (%s, true, 'tested')", other)
    both = share(world, flag, 10) & share(world, other, 10)
    world.run("delete from private.feature_flags where name = %s", other)
    assert len(both) < 60


def test_where_somebody_stands_is_the_same_in_every_database_and_version(world: World) -> None:
    for subject in (uuid4() for _ in range(20)):
        digest = hashlib.sha256(f"checkout/{subject}".encode()).digest()
        place = int.from_bytes(digest[:4], "big") % 10_000
        assert world.value("select private.place_in('checkout', %s)", subject) == place


def test_the_kill_switch_is_off_for_everybody(world: World, flag: str) -> None:
    organization = world.organization(world.person())
    turn(world, flag, percentage=100, organizations=[organization], plans=["free"])
    assert on(world, flag, organization)
    turn(world, flag, enabled=False)
    assert not on(world, flag, organization)
    assert not on(world, flag)


def test_an_organization_or_a_plan_has_it_before_others(world: World, flag: str) -> None:
    owner = world.person()
    named, paying, other = (world.organization(owner) for _ in range(3))
    world.run("insert into private.organization_plans (org_id, plan) values (%s, 'pro')", paying)
    turn(world, flag, organizations=[named], plans=["pro"])
    assert [on(world, flag, org) for org in (named, paying, other)] == [True, True, False]
    # Without an organization it is the best plan of theirs.
    assert (on(world, flag, None, owner.id), on(world, flag, None, world.person().id)) == (True, False)


def test_a_share_of_people_is_not_one_of_organizations(world: World, flag: str) -> None:
    turn(world, flag, percentage=50, rolled_by="person")
    people, organizations = [uuid4() for _ in range(40)], [uuid4(), uuid4()]
    for person in people:
        assert len({on(world, flag, organization, person) for organization in organizations}) == 1
    assert {on(world, flag, organizations[0], person) for person in people} == {True, False}
    assert not on(world, flag, organizations[0])


def test_nobody_in_particular_has_what_everybody_has(world: World, flag: str) -> None:
    turn(world, flag, percentage=99.99, plans=["free", "pro", "enterprise"])
    assert not on(world, flag)
    turn(world, flag, percentage=100)
    assert on(world, flag)
    assert not on(world, "nobody_made_this", uuid4(), uuid4())


@pytest.mark.parametrize(
    "columns",
    [
        {"plans": ["gold"]},
        {"plans": [None]},
        {"percentage": 100.01},
        {"percentage": -1},
        {"organizations": [None]},
        {"rolled_by": "chance"},
        {"name": "Upper"},
        {"description": ""},
    ],
)
def test_a_flag_that_means_nothing_is_refused(world: World, flag: str, columns: dict[str, Any]) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange)):
        turn(world, flag, **columns)


def test_each_change_leaves_a_trace(world: World, flag: str) -> None:
    turn(world, flag, percentage=10)
    turn(world, flag, percentage=50)
    trail = world.connection.execute(
        "select action, actor_kind, after ->> 'percentage' from audit_log"
        " where subject = %s and action like 'feature_flags.%%' order by id",
        [flag],
    ).fetchall()
    assert trail == [
        ("feature_flags.insert", "operator", "0.00"),
        ("feature_flags.update", "operator", "10.00"),
        ("feature_flags.update", "operator", "50.00"),
    ]


# From here on: limits protect, so nothing that is rolled out, or killed, by an update may reach them.


def called(world: World, name: str) -> set[str]:
    """Return every function of ours that a function can reach."""
    bodies: dict[str, str] = dict(
        world.connection.execute(
            "select pronamespace::regnamespace::text || '.' || proname, string_agg(prosrc, ' ') from pg_proc"
            " where pronamespace::regnamespace::text in ('private', 'backend', 'gate', 'public') group by 1"
        ).fetchall()
    )
    reached, waiting = set(), [name]
    while waiting:
        present = waiting.pop()
        if present not in reached:
            reached.add(present)
            waiting += [
                each for each in re.findall(r"\b(?:private|backend|gate)\.\w+", bodies[present]) if each in bodies
            ]
    assert len(reached) > 1
    return reached


@pytest.mark.parametrize("door", ["backend.admit", "gate.enter"])
def test_no_flag_is_read_on_the_way_in(world: World, door: str) -> None:
    reached = called(world, door)
    assert not reached & {"private.flag", "private.flags", "private.is_on", "backend.settings"}
    rows = world.connection.execute(
        "select prosrc from pg_proc where pronamespace::regnamespace::text || '.' || proname = any(%s)", [list(reached)]
    ).fetchall()
    assert not [source for (source,) in rows if "feature_flags" in source]


def test_what_looks_for_a_flag_would_be_seen(world: World) -> None:
    assert "private.is_on" in called(world, "backend.settings")


def test_no_file_on_the_way_in_knows_flags() -> None:
    for name in ("app", "admission", "gate", "credentials", "limits", "exchange", "endpoint", "config"):
        assert "flags" not in (SHARED / f"{name}.py").read_text(), name


def test_a_flag_named_like_a_limit_turns_nothing_off(ask: Ask, world: World) -> None:
    names = ("use_rate_limit", "rate_limit", "rate_limits", "limits", "limiter", "burst")
    world.connection.cursor().executemany(
        "insert into private.feature_flags (name, enabled, description) values (%s, false, 'tested')",
        [(name,) for name in names],
    )
    world.run("update private.limits set quantity = 2 where name = 'burst'")
    person = world.person()
    statuses = [ask(profile.app, "GET", "/auth/profile", person).status for _ in range(3)]
    world.run("update private.limits set quantity = 100 where name = 'burst'")
    world.run("delete from private.feature_flags where name = any(%s)", list(names))
    assert statuses == [200, 200, 429]
