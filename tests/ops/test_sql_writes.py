"""What the operators' SQL changes: once, with a trace, and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from dev.stack import Stack
from ops.sql.statement import find
from tests.ops.operator import operate, rows
from tests.world import Person, World

Do = Callable[..., list[dict[str, str]]]


@pytest.fixture
def do(stack: Stack) -> Do:
    """Run a statement that writes, without being asked, and return its rows."""

    def run(name: str, /, **given: object) -> list[dict[str, str]]:
        ran = operate(stack, name, "--yes", *(f"{parameter}={value}" for parameter, value in given.items()))
        assert ran.returncode == 0, ran.stderr
        return rows(ran.stdout)

    return run


@pytest.fixture
def owner(world: World) -> Person:
    return world.person()


@pytest.fixture
def organization(world: World, owner: Person) -> UUID:
    return world.organization(owner)


def trail(world: World, subject: object, action: str = "%") -> list[tuple[str, str]]:
    return world.connection.execute(
        "select action, actor_kind from audit_log where subject = %s and action like %s order by id",
        [str(subject), action],
    ).fetchall()


@pytest.mark.parametrize("by", ["id", "lookup"])
def test_a_key_is_revoked_once_by_what_is_known_of_it(
    do: Do, world: World, owner: Person, organization: UUID, by: str
) -> None:
    key, other = (world.key(owner, organization, ["profile:read"]) for _ in range(2))
    first, again = (do("revoke_key", key=str(getattr(key, by)))[0] for _ in range(2))
    assert (first["ended_now"], again["ended_now"], first["revoked_at"]) == ("yes", "no", again["revoked_at"])
    ended = "select revoked_at is not null from api_keys where id = %s"
    assert (world.value(ended, key.id), world.value(ended, other.id)) == (True, False)
    assert trail(world, key.id, "%.update") == [("api_keys.update", "operator")]


def test_every_key_of_an_organization_and_of_no_other(do: Do, world: World, owner: Person, organization: UUID) -> None:
    for _ in range(3):
        world.key(owner, organization, ["profile:read"])
    other = world.key(owner, owner.personal_org, ["profile:read"])
    told = [do("revoke_keys_of_organization", org=organization)[0] for _ in range(2)]
    assert [(each["ended_now"], each["keys_in_all"]) for each in told] == [("3", "3"), ("0", "3")]
    assert world.value("select revoked_at from api_keys where id = %s", other.id) is None


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_ban_holds_is_noted_once_and_ends(do: Do, world: World, owner: Person, by: str) -> None:
    person = str(owner.id) if by == "id" else f"{owner.id}@EXAMPLE.com"
    standing = "select private.is_in_good_standing(%s)"
    for now in ("yes", "no"):
        assert do("ban_person", person=person, reason="abuse")[0]["banned_now"] == now
    assert world.value(standing, owner.id) is False
    assert world.value("select private.is_in_good_standing(%s)", world.person().id) is True
    for now in ("yes", "no"):
        assert do("unban_person", person=person, reason="a mistake")[0]["freed_now"] == now
    assert world.value(standing, owner.id) is True
    assert trail(world, owner.id, "operator.%") == [
        ("operator.ban_person", "operator"),
        ("operator.unban_person", "operator"),
    ]
    note = "select after ->> 'reason' from audit_log where subject = %s and action = 'operator.ban_person'"
    assert world.value(note, str(owner.id)) == "abuse"


def test_a_ban_has_an_end_and_cannot_be_without(stack: Stack, do: Do, world: World, owner: Person) -> None:
    do("ban_person", person=owner.id, reason="abuse", until="2100-01-01")
    assert world.value("select banned_until::date::text from auth.users where id = %s", owner.id) == "2100-01-01"
    assert operate(stack, "ban_person", "--yes", f"person={owner.id}", "reason=x", "until=null").returncode == 1


def test_a_person_is_signed_out_everywhere(do: Do, world: World, owner: Person) -> None:
    world.run("insert into auth.sessions (id, user_id, aal) values (%s, %s, 'aal1')", uuid4(), owner.id)
    other = world.person()
    assert [do("sign_out_everywhere", person=owner.id)[0]["sessions_ended"] for _ in range(2)] == ["2", "0"]
    count = "select count(*) from auth.sessions where user_id = %s"
    assert (world.value(count, owner.id), world.value(count, other.id)) == (0, 1)
    assert trail(world, owner.session_id) == [("sessions.revoked", "operator")]


def test_a_plan_is_given_and_taken_back(do: Do, world: World, organization: UUID) -> None:
    for plan in ("pro", "pro", "free"):
        assert do("set_plan", org=organization, plan=plan)[0]["plan"] == plan
        assert world.value("select private.plan_of(%s)", organization) == plan
    assert [action for action, _ in trail(world, organization, "organization_plans.%")] == [
        "organization_plans.insert",
        "organization_plans.update",
    ]


def test_a_limit_is_changed_and_its_period_stays_unless_it_is_said(do: Do, world: World) -> None:
    world.run(
        "insert into private.limits (name, spent_by, quantity, period) values ('tested', 'caller', 5, '1 minute')"
    )
    assert do("set_limit", name="tested", quantity=7)[0] | {"plan": "", "route": ""} == {
        "name": "tested",
        "spent_by": "caller",
        "quantity": "7",
        "period": "0:01:00",
        "plan": "",
        "route": "",
    }
    assert do("set_limit", name="tested", quantity=8, period="1 hour")[0]["period"] == "1:00:00"
    assert len(trail(world, "tested", "limits.update")) == 2
    world.run("delete from private.limits where name = 'tested'")


@pytest.fixture
def flag(world: World) -> Iterator[str]:
    name = f"tested_{uuid4().hex}"
    yield name
    world.run("delete from private.feature_flags where name = %s", name)


def test_a_flag_is_made_rolled_out_and_killed(
    stack: Stack, do: Do, world: World, organization: UUID, flag: str
) -> None:
    assert operate(stack, "set_flag", "--yes", f"name={flag}").returncode == 1
    do("set_flag", name=flag, description="a: new page")
    do("set_flag", name=flag, enabled="true", percentage="10", organizations=organization, plans="pro,enterprise")
    said = do("set_flag", name=flag, enabled="false")[0]
    assert (said["enabled"], said["percentage"], said["description"]) == ("no", "10.00", "a: new page")
    row = world.value("select to_jsonb(f) from private.feature_flags as f where name = %s", flag)
    assert (row["organizations"], row["plans"]) == ([str(organization)], ["pro", "enterprise"])
    do("set_flag", name=flag, organizations="", plans="")
    row = world.value("select to_jsonb(f) from private.feature_flags as f where name = %s", flag)
    assert (row["organizations"], row["plans"], row["percentage"]) == ([], [], 10)
    assert [action for action, _ in trail(world, flag)].count("feature_flags.update") == 3


def test_a_setting_is_changed_and_not_made(stack: Stack, do: Do, world: World) -> None:
    name = f"tested_{uuid4().hex}"
    assert operate(stack, "set_setting", "--yes", f"name={name}", "value=1").returncode == 1
    world.run("insert into private.settings (name, value, description) values (%s, '{}', 'tested')", name)
    assert do("set_setting", name=name, value='{"a": [1]}', public="true")[0]["value"] == '{"a": [1]}'
    assert do("set_setting", name=name, value='{"a": 2}')[0]["public"] == "yes"
    assert operate(stack, "set_setting", "--yes", f"name={name}", "value=text").returncode == 1
    world.run("delete from private.settings where name = %s", name)


@pytest.mark.parametrize("value", ["-5", '"24"', "null", "1201"])
def test_a_setting_keeps_its_kind(stack: Stack, world: World, value: str) -> None:
    ran = operate(stack, "set_setting", "--yes", "name=audit_kept_months", f"value={value}")
    assert ran.returncode == 1
    assert ran.stderr.startswith("set_setting failed: The setting audit_kept_months needs ")
    assert world.value("select value from private.settings where name = 'audit_kept_months'") == 24


def job(world: World, kind: str, status: str = "dead", dedupe: str | None = None) -> int:
    made = world.value(
        "insert into private.jobs (kind, status, attempts, last_error, finished_at, dedupe_key)"
        " values (%s, %s, 12, 'no answer', case when %s <> 'waiting' then now() end, %s) returning id",
        *(kind, status, status, dedupe),
    )
    return int(made)


@pytest.fixture
def kind(world: World) -> Iterator[str]:
    """A kind of jobs of this test alone, which nobody drains."""
    name = "tested." + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)[:20]
    yield name
    world.run("delete from private.jobs where kind = %s", name)


def states(world: World, kind: str) -> dict[int, str]:
    return dict(world.connection.execute("select id, status from private.jobs where kind = %s", [kind]).fetchall())


@pytest.mark.parametrize("by", ["id", "kind", "range"])
def test_dead_jobs_are_replayed_by_id_kind_or_range_and_others_are_not(
    do: Do, world: World, kind: str, by: str
) -> None:
    dead = [job(world, kind) for _ in range(3)]
    done = job(world, kind, "done")
    given: dict[str, Any] = {
        "id": {"id": dead[0]},
        "kind": {"kind": kind},
        "range": {"first": dead[1], "last": dead[2]},
    }
    chosen = {"id": dead[:1], "kind": dead, "range": dead[1:]}[by]
    assert sorted(int(each["id"]) for each in do("replay_jobs", **given[by])) == chosen
    assert states(world, kind) == {each: "waiting" if each in chosen else "dead" for each in dead} | {done: "done"}
    fresh = "select attempts = 0 and finished_at is null and run_at <= now() from private.jobs where id = %s"
    assert world.value(fresh, chosen[0]) is True


def test_replaying_needs_to_be_told_what_and_repeats_nothing(stack: Stack, do: Do, world: World, kind: str) -> None:
    job(world, kind)
    assert operate(stack, "replay_jobs", "--yes").returncode == 1
    assert set(states(world, kind).values()) == {"dead"}
    do("replay_jobs", kind=kind)
    assert operate(stack, "replay_jobs", "--yes", f"kind={kind}").returncode == 1


def test_of_jobs_with_one_dedupe_key_one_waits(stack: Stack, do: Do, world: World, kind: str) -> None:
    dedupe = f"{kind}:1"
    older, newer = (job(world, kind, dedupe=dedupe) for _ in range(2))
    assert [int(each["id"]) for each in do("replay_jobs", kind=kind)] == [newer]
    assert operate(stack, "replay_jobs", "--yes", f"id={older}").returncode == 1


def test_no_more_are_replayed_than_was_said(do: Do, world: World, kind: str) -> None:
    made = [job(world, kind) for _ in range(4)]
    assert sorted(int(each["id"]) for each in do("replay_jobs", kind=kind, most=2)) == made[:2]


def test_retention_is_purged_whole_and_again_finds_nothing(do: Do, world: World) -> None:
    world.run(
        "insert into private.error_reports (fingerprint, category, message, severity, metadata, last_seen_at)"
        " values (sha256('purged'), 'tests', 'x', 'low', '{}', now() - interval '1 year')"
    )
    first, again = (
        {(row["what"], row["kind"]): int(row["gone"]) for row in do("purge_by_retention")} for _ in range(2)
    )
    assert first["errors", "error_reports"] >= 1
    assert {
        again[place] for place in (("errors", "error_reports"), ("jobs", "done"), ("audit", "partitions_dropped"))
    } == {0}


def test_every_pruning_job_is_in_the_purge(world: World) -> None:
    names = world.value(
        "select array_agg(proname::text) from pg_proc"
        " where pronamespace = 'backend'::regnamespace and proname like 'jobs_prune%%'"
    )
    purge = find("purge_by_retention").text
    assert [name for name in names if f"backend.{name}(" not in purge] == []
