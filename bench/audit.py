"""What the audit log costs: writes with its triggers, against writing the same audit rows by hand, and against none."""

import argparse
import statistics
import tempfile
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg

from bench.crowd import Crowd, crowd
from bench.turns import medians, report
from dev import ports
from dev.stack import Stack

KEYS = """
insert into api_keys (org_id, maker_id, name, lookup, scopes)
select m.org_id, m.user_id, 'key', substr(md5(g::text || random()::text), 1, 12), '{profile:read}'
from generate_series(1, 10000) as g, (select org_id, user_id from memberships limit 1) as m
"""
BY_HAND = f"""
with made as ({KEYS} returning *)
insert into audit_log (org_id, action, subject, actor_kind, actor_name, after)
select m.org_id, 'api_keys.insert', m.id::text, 'operator', 'postgres', to_jsonb(m) from made as m
"""
TRIGGERS = ("audit_inserted", "audit_updated", "audit_deleted")


def switch(connection: psycopg.Connection, table: str, *, on: bool) -> None:
    """Switch a table's audit triggers on or off."""
    for trigger in TRIGGERS:
        connection.execute(f"alter table {table} {'enable' if on else 'disable'} trigger {trigger}".encode())


def bulk(connection: psycopg.Connection, *, audited: bool) -> None:
    """Insert 10,000 rows with their audit rows, by trigger or by hand, and undo it."""
    with connection.transaction(force_rollback=True):
        if not audited:
            switch(connection, "api_keys", on=False)
        connection.execute((KEYS if audited else BY_HAND).encode())


def sign_up(connection: psycopg.Connection, *, welcomed: bool) -> None:
    """Insert a person with or without the triggers of a sign-up, and undo it."""
    with connection.transaction(force_rollback=True):
        if not welcomed:
            connection.execute("set local session_replication_role = replica")
        connection.execute(
            "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())",
            (uuid4(), f"{uuid4()}@example.com"),
        )


def one_write(admin: psycopg.Connection, found: Crowd, rounds: int) -> dict[str, float]:
    """Rename an organization through PostgREST, in blocks with and without its audit triggers, turn about."""
    medians_of: dict[str, list[float]] = {"unaudited": [], "audited": []}
    url = f"/organizations?id=eq.{found.organizations[0]}"
    with httpx.Client(base_url=found.database.url, headers={"Authorization": f"Bearer {found.token}"}) as client:
        for _ in range(rounds):
            for name, seconds in medians_of.items():
                switch(admin, "organizations", on=name == "audited")
                # Another name each time: an update that changes nothing leaves no audit row.
                seconds.append(medians({name: lambda: client.patch(url, json={"name": str(uuid4())})}, 11)[name])
    return {name: statistics.median(seconds) for name, seconds in medians_of.items()}


def main() -> None:
    """Print one line for each kind of write."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how many times each write is measured (default 15)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True)
        with (
            stack,
            crowd(stack, 10_000) as found,
            psycopg.connect(found.database.dsn("supabase_admin"), autocommit=True) as admin,
        ):
            both = medians(
                {"hand": partial(bulk, admin, audited=False), "ours": partial(bulk, admin, audited=True)}, rounds
            )
            report("10,000 rows: audit by hand, by trigger", both["hand"], both["ours"], "<= 1.1")

            admin.execute("update private.settings set value = '1000000' where name = 'direct_writes_per_minute'")
            both = one_write(admin, found, rounds)
            report("one write through PostgREST: unaudited, audited", both["unaudited"], both["audited"], "<= 1.1")

            both = medians(
                {"bare": partial(sign_up, admin, welcomed=False), "ours": partial(sign_up, admin, welcomed=True)},
                rounds * 4,
            )
            report("a sign-up's insert: bare, with profile and organization", both["bare"], both["ours"], "")


if __name__ == "__main__":
    main()
