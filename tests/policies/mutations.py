"""Mutants that are made from the catalogue: whatever is added to it tomorrow is mutated tomorrow."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.policies import conditions, rights, roles
from tests.policies.court import Court
from tests.policies.mutant import Mutant
from tests.policies.role_mutations import of_attributes, of_permissions, of_schemas

OURS = "('public', 'private', 'backend', 'gate', 'hooks')"
VERBS = ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")
HELPER = re.compile(r"((?:orgs_with|maker_with|require_permission)\([^()']*')([a-z-]+:[a-z]+)(')")


def rows(court: Court, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the catalogue."""
    return court.connection.execute(statement.encode()).fetchall()


def of_policies(court: Court) -> Iterator[Mutant]:
    """Drop each policy, open each, and let each ask for a permission that is easily taken for its own."""
    for schema, relation, name, using, check in rows(
        court,
        "select schemaname, tablename, policyname, qual, with_check from pg_policies where tablename !~ '_\\d{4}_'",
    ):
        where, table = f"{name} on {schema}.{relation}", relation if schema == "public" else "closed"
        yield Mutant(f"drop policy {where}", f"drop policy {where}", "policy", table)
        for clause, written in (("using", using), ("with check", check)):
            if written in (None, "true"):
                continue
            yield Mutant(f"{where}: {clause} true", f"alter policy {where} {clause} (true)", "policy", table)
            for found in HELPER.finditer(written):
                for other in roles.near(found[2]):
                    changed = written[: found.start(2)] + other + written[found.end(2) :]
                    change = f"alter policy {where} {clause} ({changed})"
                    yield Mutant(f"{where}: {clause} {other}", change, "policy", table)
    for table, verb, role in [
        (t, v, r)
        for (t,) in rows(court, "select tablename from pg_tables where schemaname = 'public'")
        for v in ("select", "insert", "update", "delete")
        for r in ("anon", "authenticated", "integrator")
    ]:
        clause = {"insert": "with check (true)"}.get(verb, "using (true)")
        yield Mutant(
            f"one more policy for {role} to {verb} {table}",
            f"create policy more on public.{table} for {verb} to {role} {clause}",
            "policy",
            "more",
        )


def of_tables(court: Court) -> Iterator[Mutant]:
    """Take each table's guards away, and grant what is not granted."""
    for schema, name in rows(
        court, f"select schemaname, tablename from pg_tables where schemaname in {OURS} and tablename !~ '_\\d{{4}}_'"
    ):
        table = f"{schema}.{name}"
        yield Mutant(f"no policies on {table}", f"alter table {table} disable row level security", "table", "rls")
        yield Mutant(
            f"owner past policies on {table}", f"alter table {table} no force row level security", "table", "rls"
        )
        near = (
            ("anon", "authenticated", "integrator", "service_role")
            if schema == "public"
            else ("authenticated", "integrator")
        )
        for role, verb in [(r, v) for r in near for v in (VERBS if schema == "public" else ("select", "insert"))]:
            if verb not in rights.MANIFEST[role].get("tables", {}).get(table, []):
                yield Mutant(f"{role} may {verb} {table}", f"grant {verb} on {table} to {role}", "table", "grants")
    for (table,) in rows(
        court,
        "select c.oid::regclass::text from pg_class as c where c.relnamespace = 'auth'::regnamespace and c.relkind = 'r'",
    ):
        for role in ("authenticated", "integrator", "gatekeeper"):
            yield Mutant(f"{role} may select {table}", f"grant select on {table} to {role}", "table", "foreign grants")
    for table, column, role in rows(
        court,
        "select a.attrelid::regclass::text, a.attname, r.role from pg_attribute as a inner join pg_class as c on c.oid = a.attrelid, unnest(array['authenticated', 'integrator']) as r(role) where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not has_column_privilege(r.role, a.attrelid, a.attnum, 'update')",
    ):
        yield Mutant(
            f"{role} may update {table}.{column}", f"grant update ({column}) on {table} to {role}", "column", "grants"
        )


def of_shape(court: Court) -> Iterator[Mutant]:
    """Drop each constraint, unique index, requirement and trigger."""
    whole = f"c.relnamespace::regnamespace::text in {OURS} and not c.relispartition"
    for table, name in rows(
        court,
        f"select c.oid::regclass::text, k.conname from pg_constraint as k inner join pg_class as c on c.oid = k.conrelid where {whole} and k.contype <> 'n'",
    ):
        yield Mutant(
            f"no {name} on {table}", f"alter table {table} drop constraint {name} cascade", "constraint", "constraints"
        )
    for (name,) in rows(
        court,
        f"select i.indexrelid::regclass::text from pg_index as i inner join pg_class as c on c.oid = i.indrelid where {whole} and i.indisunique and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)",
    ):
        yield Mutant(f"no {name}", f"drop index {name}", "index", "constraints")
    for table, column in rows(
        court,
        f"select c.oid::regclass::text, a.attname from pg_attribute as a inner join pg_class as c on c.oid = a.attrelid where {whole} and c.relkind in ('r', 'p') and a.attnum > 0 and a.attnotnull and a.attidentity = '' and not exists (select from pg_index as i where i.indrelid = c.oid and i.indisprimary and a.attnum = any(i.indkey))",
    ):
        yield Mutant(
            f"{table}.{column} may be null",
            f"alter table {table} alter column {column} drop not null",
            "column",
            "required",
        )
    for table, name in rows(
        court,
        "select t.tgrelid::regclass::text, t.tgname from pg_trigger as t where not t.tgisinternal and t.tgparentid = 0",
    ):
        yield Mutant(f"no {name} on {table}", f"drop trigger {name} on {table}", "trigger", "triggers")
        yield Mutant(f"{name} on {table} sleeps", f"alter table {table} disable trigger {name}", "trigger", "triggers")


def of_functions(court: Court) -> Iterator[Mutant]:
    """Open each function to everybody, turn whose rights it has, and take each of its conditions out."""
    found = rows(
        court,
        f"select p.oid::regprocedure::text, n.nspname || '.' || p.proname, p.prosrc, pg_get_functiondef(p.oid), p.prosecdef, p.prokind = 'p' from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace where n.nspname in {OURS} order by 1",
    )
    for signature, name, source, definition, definer, procedure in found:
        kind = "procedure" if procedure else "function"
        turned = "invoker" if definer else "definer"
        if name != "gate.enter":
            yield Mutant(
                f"{signature} turns {turned}", f"alter {kind} {signature} security {turned}", "function", "turned"
            )
        if "RETURNS trigger" not in definition:
            yield Mutant(
                f"everybody may execute {signature}",
                f"grant execute on {kind} {signature} to public",
                "function",
                "execute",
            )
        if procedure:
            continue
        bodies = [
            *conditions.without_calls(source),
            *conditions.without_conditions(source),
            *conditions.with_other_comparisons(source),
        ]
        bodies += [
            (f"{found[2]} becomes {other}", source[: found.start(2)] + other + source[found.end(2) :])
            for found in HELPER.finditer(source)
            for other in roles.near(found[2])
        ]
        for what, body in bodies:
            yield Mutant(f"{name}: {what}", definition.replace(source, body), "function", name)


def generated(court: Court) -> list[Mutant]:
    """Return every mutant that the catalogue gives rise to."""
    times: Counter[str] = Counter()
    found = []
    for mutant in (
        m
        for make in (of_policies, of_functions, of_shape, of_tables, of_attributes, of_schemas, of_permissions)
        for m in make(court)
    ):
        times[mutant.name] += 1
        again = times[mutant.name]
        found.append(mutant if again == 1 else replace(mutant, name=f"{mutant.name}, place {again}"))
    return found
