"""The tables' own guards against their manifest: keys, checks, references, required columns and triggers."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.policies.court import Court

FILE = Path(__file__).parent / "shape.toml"
# Partitions have what their parent has, under names that change by the month.
TABLES = """
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('public', 'private', 'backend') and c.relkind in ('r', 'p') and not c.relispartition
"""
GUARDS = f"""
with tables as (select c.oid, n.nspname || '.' || c.relname as name {TABLES})
select t.name, k.conname::text, pg_get_constraintdef(k.oid) from pg_constraint as k inner join tables as t on t.oid = k.conrelid where k.contype <> 'n'
union all
select t.name, i.indexrelid::regclass::text, 'unique index' || split_part(pg_get_indexdef(i.indexrelid), ' USING btree', 2)
from pg_index as i inner join tables as t on t.oid = i.indrelid
where i.indisunique and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
union all
select t.name, 'required', string_agg(a.attname, ' ' order by a.attname) from pg_attribute as a inner join tables as t on t.oid = a.attrelid
where a.attnum > 0 and a.attnotnull and not a.attisdropped group by t.name
union all
select coalesce(t.name, r.tgrelid::regclass::text), r.tgname, regexp_replace(pg_get_triggerdef(r.oid), '^CREATE TRIGGER ' || r.tgname || ' ', '') || case r.tgenabled when 'O' then '' else ' ' || r.tgenabled::text end
from pg_trigger as r left join tables as t on t.oid = r.tgrelid
where not r.tgisinternal and r.tgparentid = 0 and r.tgfoid in (select p.oid from pg_proc as p where p.pronamespace = 'private'::regnamespace)
order by 1, 2
"""


def stored(court: Court) -> dict[str, dict[str, str]]:
    """Return the guards of each table by name, as the database writes them."""
    found: dict[str, dict[str, str]] = {}
    for table, name, definition in court.connection.execute(GUARDS.encode()).fetchall():
        found.setdefault(table, {})[name] = definition
    return found


def judge(court: Court) -> Iterator[str]:
    """Tell of every guard that is missing, new or other than the manifest says."""
    due: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text())
    found = stored(court)
    for table in sorted(due.keys() | found):
        there, written = found.get(table, {}), due.get(table, {})
        for name in sorted(there.keys() | written):
            if there.get(name) != written.get(name):
                yield f"{table}.{name} is {there.get(name)!r}, in shape.toml {written.get(name)!r}"
