"""How each policy is carried out over many rows: by an index, with its helper asked once for the statement."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dev.database import TEMPLATE
from dev.stack import Stack
from tests.policies import shop
from tests.policies.cast import ALL_SCOPES, Caller
from tests.policies.court import Court
from tests.policies.reach import CHANGES
from tests.policies.rights import MANIFEST
from tests.world import Claims, World

# 50,000 rows of each table over 1,000 organizations. As a replica no trigger fires and no reference is checked.
CROWD = """
set session_replication_role = replica;
create temporary table crowd as select g, gen_random_uuid() as org from generate_series(1, 1000) as g;
create temporary table people as select g, gen_random_uuid() as person from generate_series(1, 50000) as g;
insert into public.profiles (id) select person from people;
insert into public.organizations (id, name) select org, 'x' from crowd;
insert into public.organizations (name) select 'x' from generate_series(1, 49000);
insert into public.memberships (org_id, user_id, role) select c.org, p.person, 'member' from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.api_keys (org_id, maker_id, name, lookup, scopes)
select c.org, p.person, 'x', lpad(p.g::text, 12, '0'), '{profile:read}' from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.invitations (id, org_id, email, role) select p.person, c.org, p.g || '@example.com', 'member' from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.audit_log (org_id, action, actor_kind) select c.org, 'a.b', 'person' from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.billing_customers (org_id, provider, livemode)
select c.org, 'p' || chr(97 + p.g / 1000 % 26) || chr(97 + p.g / 26000), false from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.subscriptions (org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval, current_period_start, current_period_end, started_at)
select c.org, 'stripe', false, p.g, 'active', 'usd', 0, 'month', now(), now(), now() from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.subscription_items (subscription_id, provider_id, current_period_start, current_period_end) select s.id, 'x', now(), now() from public.subscriptions as s;
insert into public.invoices (org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid, period_start, period_end, issued_at)
select c.org, 'stripe', false, p.g, 'paid', 'usd', 0, 0, 0, now(), now(), now() from people as p join crowd as c on c.g = p.g % 1000 + 1;
insert into public.seats (org_id, user_id) select c.org, p.person from people as p join crowd as c on c.g = p.g % 1000 + 1;
"""
JOIN = "insert into public.memberships (org_id, user_id, role) select org, %s, 'owner' from crowd where g <= 10"
# What is for everybody is read whole, and so is what is sold: a handful.
POLICIES = "select tablename::text, policyname::text, lower(cmd), roles::text[] from pg_policies where schemaname = 'public' and qual not in ('true', 'sellable') order by 1, 2"


@pytest.fixture(scope="module")
def crowded(stack: Stack) -> Iterator[tuple[Court, dict[str, Claims]]]:
    """A court in a crowd; somebody owns 10 of its organizations, and a key reaches one of them."""
    stack.server.administer(
        "create database {name} template {base} owner postgres strategy file_copy", name="crowd", base=TEMPLATE
    )
    with psycopg.connect(stack.server.dsn("supabase_admin", "crowd"), autocommit=True) as connection:
        world = World(connection, lambda _: "")
        person = world.person()
        key = world.key(person, person.personal_org, [*ALL_SCOPES, "audit:read"])
        # A key's one organization has bought something, too.
        shop.buy(world, person.personal_org)
        world.run("insert into seats (org_id, user_id) values (%s, %s)", person.personal_org, person.id)
        connection.execute(CROWD.encode())
        world.run(JOIN, person.id)
        connection.execute(b"reset session_replication_role; analyze")
        yield Court(connection, world), {"authenticated": person.claims(), "integrator": key.claims()}
    stack.server.administer("drop database {name} with (force)", name="crowd")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def faults(plan: dict[str, Any], table: str) -> Iterator[str]:
    """Tell what is wrong with the plan of a statement on a table: a scan without index, a helper per row."""
    every = list(nodes(plan))
    scans = [
        n
        for n in every
        if n.get("Relation Name", "").startswith(table) and "Scan" in n["Node Type"] and n.get("Actual Rows", 1)
    ]
    if not scans:
        yield "nothing was read"
    for scan in scans:
        indexed = [n for n in nodes(scan) if n.get("Index Cond")]
        if scan["Node Type"] == "Seq Scan" or not indexed:
            yield f"{scan['Node Type']} without an index"
        if "private." in scan.get("Filter", "") or any("private." in n["Index Cond"] for n in indexed):
            yield f"a helper for each row: {scan.get('Filter')}"
    once = [n for n in every if n.get("Parent Relationship") == "InitPlan"]
    if not once or any(n.get("Actual Loops", 1) != 1 for n in once):
        yield "the helper is not asked exactly once"


def plan_of(court: Court, caller: Caller, statement: str, *, analyze: bool = True) -> dict[str, Any]:
    """Run a statement as the caller, undo it, and return how it was carried out; or only how it would be."""
    options = "analyze, format json, costs off, timing off, summary off" if analyze else "format json, costs off"
    with court.hearing():
        outcome = court.ask(caller, f"explain ({options}) {statement}")
    assert not outcome.state, outcome.message
    plan: dict[str, Any] = outcome.value[0]["Plan"]
    return plan


def test_every_policy_takes_an_index_and_asks_once(crowded: tuple[Court, dict[str, Claims]]) -> None:
    court, claims = crowded
    tried = 0
    for table, policy, verb, roles in court.connection.execute(POLICIES.encode()).fetchall():
        statement = (
            f"select * from public.{table}" if verb == "select" else f"update public.{table} set {CHANGES[table]}"
        )
        for role in roles:
            found = list(faults(plan_of(court, Caller(role, claims[role]), statement), table))
            assert not found, f"{policy} for {role}: {found}"
            tried += 1
    assert tried >= len(CHANGES) - len(MANIFEST["anon"]["tables"])


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        ("private.lists(org_id)", "a helper for each row"),
        ("org_id in (select private.orgs_with('api-keys:read'))", "without an index"),
        ("(select org_id = any (array(select private.orgs_with('api-keys:read'))))", "without an index"),
        ("true", "without an index"),
    ],
)
def test_a_policy_for_each_row_would_be_noticed(
    crowded: tuple[Court, dict[str, Claims]], policy: str, fault: str
) -> None:
    court, claims = crowded
    slow = "create function private.lists(org uuid) returns boolean language sql stable set search_path = '' as $$ select org in (select private.orgs_with('api-keys:read')) $$; grant execute on function private.lists(uuid) to authenticated"
    with court.hearing():
        court.change(slow, f"alter policy api_keys_select on public.api_keys using ({policy})")
        plan = plan_of(
            court, Caller("authenticated", claims["authenticated"]), "select * from public.api_keys", analyze=False
        )
    assert any(fault in found for found in faults(plan, "api_keys"))
