"""What the operators' SQL shows: what is there, and what is wrong."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from dev import migrations
from dev.stack import Stack
from ops.sql.__main__ import run
from ops.sql.statement import Unusable, find
from tests.ops.operator import operate, rows
from tests.world import World

Show = Callable[..., list[dict[str, str]]]
# As pg_stat_statements has them, for a server that was started without it.
STATEMENTS = (
    "create table extensions.pg_stat_statements as select * from (values (1500.04, 4000.0, 3000.08, 2, 20,"
    " 'select\n  slow'), (0.5, 1.0, 5.0, 10, 10, 'select quick'))"
    " as s (mean_exec_time, max_exec_time, total_exec_time, calls, rows, query)"
)


@pytest.fixture
def show(stack: Stack) -> Show:
    """Run a statement that reads, and return its rows."""

    def ask(name: str, /, **given: object) -> list[dict[str, str]]:
        ran = operate(stack, name, *(f"{parameter}={value}" for parameter, value in given.items()))
        assert ran.returncode == 0, ran.stderr
        return rows(ran.stdout)

    return ask


@contextmanager
def scratch(stack: Stack, name: str, *prepare: str) -> Iterator[psycopg.Connection]:
    """Make a database that can be spoilt as only a superuser can."""
    with (
        stack.database(name) as database,
        psycopg.connect(stack.server.dsn("supabase_admin", name), autocommit=True) as admin,
        psycopg.connect(database.dsn(), autocommit=True) as connection,
    ):
        for statement in prepare:
            admin.execute(statement.encode())
        yield connection


def shown(connection: psycopg.Connection, name: str, **given: str) -> list[dict[str, object]]:
    statement = find(name)
    columns, found = run(connection, statement, statement.values([f"{each}={given[each]}" for each in given]))
    return [dict(zip(columns, row, strict=True)) for row in found]


def test_every_table_has_row_level_security_and_one_without_comes_first(show: Show, stack: Stack) -> None:
    sealed = {row["table_name"]: row for row in show("report_rls")}
    assert {"public.api_keys", "private.feature_flags", "private.error_reports"} <= sealed.keys()
    assert {(row["enabled"], row["forced"], row["policies"] != "0") for row in sealed.values()} == {
        ("yes", "yes", True)
    }
    with scratch(stack, "unsealed", "create table public.aaa_open (id int)") as connection:
        first = shown(connection, "report_rls")[0]
    assert (first["table_name"], first["enabled"], first["policies"]) == ("public.aaa_open", False, 0)


def test_grants_are_shown_by_role_down_to_columns_and_functions(show: Show) -> None:
    granted = {(row["kind"], row["object"]): row["privileges"] for row in show("report_grants", role="authenticated")}
    assert granted["table", "public.profiles"] == "select"
    assert granted["column", "public.profiles.display_name"] == "update"
    assert granted["function", "flags(uuid)"] == "execute"
    assert not [name for kind, name in granted if kind == "function" and name.startswith("backend.")]
    assert {row["role"] for row in show("report_grants")} >= {"anon", "integrator", "gatekeeper", "service_role"}
    assert show("report_grants", role="public") == []


def test_the_slowest_statements_come_first(stack: Stack) -> None:
    with scratch(stack, "slow", "drop extension pg_stat_statements", STATEMENTS) as connection:
        found = shown(connection, "slow_queries")
        assert [(row["query"], float(str(row["mean_ms"]))) for row in found] == [
            ("select slow", 1500.0),
            ("select quick", 0.5),
        ]
        assert [row["query"] for row in shown(connection, "slow_queries", least_ms="1000")] == ["select slow"]


def test_what_is_not_installed_is_named(stack: Stack) -> None:
    with (
        scratch(stack, "bare", "drop extension pg_stat_statements") as connection,
        pytest.raises(Unusable, match="pg_stat_statements is not there"),
    ):
        shown(connection, "slow_queries")


def test_who_waits_and_who_holds_are_shown_and_the_holder_is_ended(show: Show, stack: Stack) -> None:
    row = "update private.limits set quantity = quantity where name = 'checkout'"
    with psycopg.connect(stack.database_url()) as holder, psycopg.connect(stack.database_url()) as waiter:
        holder.execute(row.encode())
        waiting = threading.Thread(target=lambda: waiter.execute(row.encode()))
        waiting.start()
        while not (found := show("locks")):
            pass
        pids = (str(waiter.info.backend_pid), str(holder.info.backend_pid))
        assert (found[0]["waiting_pid"], found[0]["holding_pid"]) == pids
        assert found[0]["holding_state"] == "idle in transaction"
        assert operate(stack, "cancel_query", "--yes", f"pid={pids[1]}").returncode == 0
        waiting.join(10)
        assert not waiting.is_alive()
        holder.close()
    assert show("locks") == []
    assert operate(stack, "cancel_query", "--yes", f"pid={pids[1]}").returncode == 1


def test_keys_are_counted_by_pepper(stack: Stack, world: World) -> None:
    with scratch(stack, "peppers") as connection:
        inside = World(connection, lambda _: "")
        maker = inside.person()
        keys = [inside.key(maker, maker.personal_org, ["profile:read"]) for _ in range(3)]
        inside.run("update private.api_key_digests set pepper_version = 2 where key_id = %s", keys[0].id)
        inside.run("update api_keys set revoked_at = now() where id = %s", keys[1].id)
        found = shown(connection, "keys_by_pepper")
    assert [(row["pepper_version"], row["live"], row["in_all"]) for row in found] == [(2, 1, 1), (1, 1, 2)]
    assert world.value("select 1") == 1


def test_keys_that_nobody_uses_are_shown(show: Show, world: World) -> None:
    maker = world.person()
    old, used, young = (world.key(maker, maker.personal_org, ["profile:read"]) for _ in range(3))
    world.run(
        "update api_keys set created_at = now() - interval '100 days' where id = any(%s)",
        [old.id, used.id],
    )
    world.run("update api_keys set last_used_at = now() where id = %s", used.id)
    found = {row["id"] for row in show("unused_keys", most=1000)}
    assert (str(old.id) in found, str(used.id) in found, str(young.id) in found) == (True, False, False)
    assert str(old.id) not in {row["id"] for row in show("unused_keys", days=101, most=1000)}


def test_the_largest_organizations_come_first(show: Show, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner, "Large")
    for _ in range(30):
        world.key(owner, organization, ["profile:read"])
    first = next(row for row in show("tenant_size", most=1000) if row["org_id"] == str(organization))
    assert (first["name"], first["members"], first["api_keys"]) == ("Large", "1", "30")
    assert int(first["log_entries"]) >= 31


def test_errors_that_nobody_resolved_are_shown(show: Show, world: World) -> None:
    insert = (
        "insert into private.error_reports"
        " (fingerprint, category, message, severity, metadata, occurrences, resolved_at)"
        " values (sha256(convert_to(gen_random_uuid()::text, 'utf8')), 'tests', %s, 'high', '{}', 1000000, %s)"
    )
    world.run(insert, "shown by operators", None)
    world.run(insert, "resolved by operators", "2026-01-01")
    messages = [row["message"] for row in show("open_errors")]
    world.run("delete from private.error_reports where message like '%%by operators'")
    assert messages[0] == "shown by operators"
    assert "resolved by operators" not in messages


def test_dead_jobs_are_shown_by_kind_and_error(show: Show, world: World) -> None:
    for error in ("no answer", "no answer", "other"):
        world.run(
            "insert into private.jobs (kind, status, finished_at, last_error)"
            " values ('tested.shown', 'dead', now(), %s)",
            error,
        )
    found = show("dead_jobs", kind="tested.shown")
    world.run("delete from private.jobs where kind = 'tested.shown'")
    assert [(row["jobs"], row["last_error"]) for row in found] == [("2", "no answer"), ("1", "other")]


def test_a_schedule_that_is_late_comes_first(show: Show, world: World) -> None:
    world.run(
        "insert into private.schedules (name, cron, kind, next_run_at)"
        " values ('tested', '* * * * *', 'tested.late', now() - interval '10 days')"
    )
    first = show("schedules")[0]
    world.run("delete from private.schedules where name = 'tested'")
    assert (first["name"], first["late_by"].startswith("10 days")) == ("tested", True)


def test_the_ledger_has_every_migration(show: Show) -> None:
    assert {row["version"] for row in show("migration_ledger", most=1000)} == set(migrations.named())


def test_a_log_that_was_changed_is_shown(stack: Stack) -> None:
    tampered = (
        "alter table public.audit_log disable trigger all",
        "update public.audit_log set subject = 'somebody else'",
    )
    with scratch(stack, "tampered") as connection:
        inside = World(connection, lambda _: "")
        inside.organization(inside.person())
        connection.execute("select private.seal_audit()")
        assert shown(connection, "verify_audit") == []
        with psycopg.connect(stack.server.dsn("supabase_admin", "tampered"), autocommit=True) as admin:
            for statement in tampered:
                admin.execute(statement.encode())
        assert [row["problem"] for row in shown(connection, "verify_audit")] == ["a row was changed"]


def test_connections_tables_and_indexes_are_shown(show: Show, world: World) -> None:
    assert {"postgres", "authenticator"} <= {row["role"] for row in show("connections")}
    world.run("analyze private.limits")
    assert "private.limits" in {row["table_name"] for row in show("bloat", most=1000)}
    used = {row["index_name"]: row for row in show("index_use", most=1000)}
    assert used["public.api_keys_lookup_key"]["keeps_a_constraint"] == "yes"
