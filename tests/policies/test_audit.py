"""The audit log: what it records of whom, that nobody changes it, and that a change made all the same is found."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.conftest import AsCaller, OwnDatabase
from tests.world import Person, World

ENTRY = "select to_jsonb(a) from audit_log as a where org_id = %s and action = %s order by id desc limit 1"


def bearer(world: World, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.sign(person.claims())}"}


def test_a_change_is_recorded_with_its_actor_and_both_states(world: World, rest: httpx.Client) -> None:
    owner = world.person()
    organization = world.organization(owner, "Before")
    rest.patch(
        "/organizations", params={"id": f"eq.{organization}"}, json={"name": "After"}, headers=bearer(world, owner)
    )
    entry = world.value(ENTRY, organization, "organizations.update")
    assert (entry["actor_kind"], entry["actor_id"], entry["success"]) == ("person", str(owner.id), True)
    assert (entry["before"]["name"], entry["after"]["name"]) == ("Before", "After")
    assert entry["subject"] == str(organization)


def test_request_id_and_address_come_from_our_functions_only(
    world: World, rest: httpx.Client, function_key: str
) -> None:
    owner = world.person()
    said = {
        "X-Request-Id": "a-request-id",
        "X-Client-Ip": "192.0.2.7",
        "X-Client-Agent": "curl",
        "X-Forwarded-For": "9.9.9.9",
    }

    def created(**headers: str) -> Any:
        made = rest.post(
            "/rpc/create_organization", json={"name": "x"}, headers={**bearer(world, owner), **said, **headers}
        )
        return world.value(ENTRY, made.json()["id"], "organizations.insert")

    direct = created(**{"Cf-Connecting-Ip": "198.51.100.4"})
    assert (direct["request_id"], direct["ip"], direct["agent"]) == (None, "198.51.100.4", None)
    through = created(**{"X-Function-Key": function_key, "Cf-Connecting-Ip": "198.51.100.4"})
    assert (through["request_id"], through["ip"], through["agent"]) == ("a-request-id", "192.0.2.7", "curl")


def test_an_operators_change_names_their_role(world: World) -> None:
    organization = world.organization(world.person())
    entry = world.value(ENTRY, organization, "organizations.insert")
    assert (entry["actor_kind"], entry["actor_id"], entry["actor_name"]) == ("operator", None, "postgres")


def test_what_is_nobodys_business_is_not_kept(world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    world.invitation(owner, organization, "secret@example.com")
    world.run("update profiles set display_name = 'Secret Name' where id = %s", owner.id)
    kept = world.value(
        "select string_agg(a::text, '') from audit_log as a where subject = %s or org_id = %s",
        str(owner.id),
        organization,
    )
    assert "invitations.insert" in kept
    assert "profiles.update" in kept
    assert "secret" not in kept.lower()


def test_stamps_and_empty_updates_are_no_changes(world: World) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    count = "select count(*)::int from audit_log where subject = %s"
    before = world.value(count, str(key.id))
    world.run("update api_keys set last_used_at = now() where id = %s", key.id)
    world.run("update api_keys set name = name where id = %s", key.id)
    assert world.value(count, str(key.id)) == before
    world.run("update api_keys set revoked_at = now() where id = %s", key.id)
    assert world.value(count, str(key.id)) == before + 1


def test_a_changed_key_shows_as_one_that_went_and_one_that_came(world: World) -> None:
    organization = world.organization(world.person())
    member, other = world.member(organization, "member"), world.person()
    world.run(
        "update memberships set user_id = %s where org_id = %s and user_id = %s", *(other.id, organization, member.id)
    )
    entries = world.connection.execute(
        b"select before ->> 'user_id', after ->> 'user_id' from audit_log where org_id = %s and action = 'memberships.update'",
        [organization],
    ).fetchall()
    assert sorted(entries, key=str) == sorted([(str(member.id), None), (None, str(other.id))], key=str)


def test_a_change_that_is_undone_leaves_no_entry(world: World) -> None:
    organization = world.organization(world.person())
    with world.connection.transaction(force_rollback=True):
        world.run("update organizations set name = 'x' where id = %s", organization)
    assert world.value(ENTRY, organization, "organizations.update") is None


def test_every_row_of_a_bulk_statement_is_recorded(world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    world.run(
        "insert into api_keys (org_id, maker_id, name, lookup, scopes)"
        " select %s, %s, 'bulk', lpad(g::text, 4, '0') || substr(md5(random()::text), 1, 8), '{profile:read}'"
        " from generate_series(1, 250) as g",
        *(organization, owner.id),
    )
    assert (
        world.value(
            "select count(*)::int from audit_log where org_id = %s and action = 'api_keys.insert'", organization
        )
        == 250
    )


def test_a_new_device_is_noted(world: World) -> None:
    person = world.person()
    for agent in ("a phone", "a phone"):
        world.run(
            "insert into auth.sessions (id, user_id, user_agent, ip) values (gen_random_uuid(), %s, %s, '192.0.2.8')",
            *(person.id, agent),
        )
    entries = world.value(
        "select count(*)::int from audit_log where org_id = %s and action = 'sessions.new_device'", person.personal_org
    )
    assert entries == 1


def test_exports_and_erasures_are_recorded(world: World, rest: httpx.Client) -> None:
    person = world.person()
    assert rest.post("/rpc/export_me", headers=bearer(world, person), json={}).is_success
    assert world.value(ENTRY, person.personal_org, "account.exported")["actor_id"] == str(person.id)
    assert rest.post("/rpc/erase_me", headers=bearer(world, person), json={}).is_success
    assert world.value(ENTRY, person.personal_org, "account.erased")["subject"] == str(person.id)


@pytest.mark.parametrize(
    "statement", ["update audit_log set success = false", "delete from audit_log", "truncate audit_log"]
)
@pytest.mark.parametrize("role", ["postgres", "service_role"])
def test_not_even_the_owner_changes_the_log(world: World, as_caller: AsCaller, role: str, statement: str) -> None:
    if role == "postgres":
        with pytest.raises(psycopg.Error) as refused, world.connection.transaction():
            world.run(statement)
        assert refused.value.sqlstate == "PT403"
        return
    with as_caller(role, {"role": role}) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_members_report_on_their_own_organization_only(world: World, rest: httpx.Client) -> None:
    owner, admin = world.person(), None
    organization = world.organization(owner)
    admin, member = world.member(organization, "admin"), world.member(organization, "member")
    asked = {"org_id": str(organization), "since": "2020-01-01", "until": "2100-01-01"}

    def report(person: Person) -> list[str]:
        return [
            row["action"] for row in rest.post("/rpc/audit_report", json=asked, headers=bearer(world, person)).json()
        ]

    assert report(owner) == report(admin) == ["memberships.insert", "organizations.insert"]
    assert report(member) == report(world.person()) == []
    asked["until"] = world.value(
        "select created_at::text from audit_log where org_id = %s order by id limit 1", organization
    )
    assert report(owner) == []


@pytest.fixture(scope="module")
def sealed(own_database: OwnDatabase) -> Iterator[tuple[World, httpx.Client]]:
    with own_database("sealed") as (world, rest):
        yield world, rest


def act(world: World) -> UUID:
    return world.organization(world.person())


def problems(world: World) -> list[str]:
    return [
        problem for (problem,) in world.connection.execute(b"select problem from private.audit_verify()").fetchall()
    ]


def seal(world: World) -> Any:
    return world.value("select to_jsonb(s) from private.seal_audit() as s where s.block is not null")


def test_rows_are_sealed_once_their_transactions_are_over(sealed: tuple[World, httpx.Client]) -> None:
    world, _ = sealed
    act(world)
    seal(world)
    assert seal(world) is None
    act(world)
    with psycopg.connect(world.connection.info.dsn, password=world.connection.info.password) as other:
        other.execute(b"insert into organizations (name) values ('still open')")
        act(world)
        first = seal(world)
    rest = seal(world)
    # The open transaction and what began after it wait for the next block.
    assert rest["first_xact"] == first["next_xact"]
    assert rest["entries"] >= 1
    assert problems(world) == []


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("update audit_log set success = false where id = (select min(id) from audit_log)", "a row was changed"),
        ("delete from audit_log where id = (select min(id) from audit_log)", "rows were sealed"),
        ("update private.audit_seals set entries = entries + 1 where block = 1", "the head does not follow"),
        ("delete from private.audit_seals where block = 2", "a block before this one is missing"),
        ("insert into audit_log (action, actor_kind, xact_id) values ('a.b', 'person', '10')", "rows were sealed"),
    ],
)
def test_what_was_tampered_with_is_found(sealed: tuple[World, httpx.Client], tampering: str, found: str) -> None:
    world, _ = sealed
    for _ in range(3):
        act(world)
        seal(world)
    with world.connection.transaction(force_rollback=True):
        for table in ("audit_log", "private.audit_seals"):
            world.run(f"alter table {table} disable trigger user")
        world.run(tampering)
        assert any(found in problem for problem in problems(world))
    assert problems(world) == []


def test_the_job_seals_and_tells_the_head(sealed: tuple[World, httpx.Client], stack: Any) -> None:
    world, rest = sealed
    act(world)
    world.run("update private.function_keys set may_act_as = may_act_as || 'job_runner'::text where name = 'core'")
    headers = {"X-Function-Key": stack.function_key("core"), "X-Act-As": "job_runner", "Content-Profile": "backend"}
    told = rest.post("/rpc/jobs_keep_audit", headers=headers, json={}).json()
    assert (len(told["head"]), told["partitions_made"], told["entries"] > 0) == (64, 0, True)


def test_a_month_that_already_has_rows_elsewhere_does_not_stop_the_job(sealed: tuple[World, httpx.Client]) -> None:
    world, _ = sealed
    with world.connection.transaction(force_rollback=True):
        world.run(
            "insert into audit_log (action, actor_kind, created_at) values ('a.b', 'person', now() + interval '3 months')"
        )
        assert world.value("select private.make_audit_partitions(4)") == 1
        assert world.value("select count(*)::int from private.audit_log_default") == 1


def test_partitions_are_made_ahead_and_retention_drops_whole_months(sealed: tuple[World, httpx.Client]) -> None:
    world, _ = sealed
    months = "select count(*)::int from pg_inherits where inhparent = 'audit_log'::regclass"
    assert world.value(months) == 4  # this month, two ahead, and the default
    assert world.value("select private.make_audit_partitions(5)") == 3
    world.run(
        "create table private.audit_log_2020_01 partition of audit_log for values from ('2020-01-01') to ('2020-02-01')"
    )
    world.run("insert into audit_log (action, actor_kind, created_at) values ('a.b', 'person', '2020-01-15')")
    assert world.value("select private.prune_audit()") == 1
    assert world.value("select count(*)::int from audit_log where created_at < '2021-01-01'") == 0
    assert world.value("select private.prune_audit()") == 0
    assert problems(world) == []
