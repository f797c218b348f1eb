"""The catalog in our tables: the rows that the file and the provider ask for, and how the present ones differ."""

import json
from typing import Any

import psycopg

from functions.billing.names import PROVIDER
from ops.catalog_file import Catalog
from ops.catalog_provider import Shelf

Rows = dict[str, dict[str, Any]]

PRODUCTS = """
insert into public.products as p (provider, livemode, provider_id, key, plan, name, description, position, active)
select %(provider)s, %(live)s, r.provider_id, r.key, r.plan, r.name, r.description, r.position, r.active
from jsonb_to_recordset(%(rows)s) as r
    (provider_id text, key text, plan text, name text, description text, position integer, active boolean)
on conflict (provider, livemode, key) do update set
    provider_id = excluded.provider_id, plan = excluded.plan, name = excluded.name, description = excluded.description,
    position = excluded.position, active = excluded.active
"""
UNLISTED = """
update public.products set active = false
where provider = %(provider)s and livemode = %(live)s and active and key <> all(%(keys)s)
"""
# What is sold no more goes first: of several prices with one name, one is sellable.
RETIRED = """
update public.prices set sellable = false
where provider = %(provider)s and livemode = %(live)s and sellable and provider_id <> all(%(keys)s)
"""
PRICES = """
insert into public.prices as c (
    product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount, recurring_interval, interval_count,
    trial_days, per_seat, sellable
)
select p.id, %(provider)s, %(live)s, r.provider_id, r.lookup_key, r.currency, r.unit_amount, r.recurring_interval,
    r.interval_count, r.trial_days, r.per_seat, true
from jsonb_to_recordset(%(rows)s) as r (
    product text, provider_id text, lookup_key text, currency text, unit_amount bigint, recurring_interval text,
    interval_count integer, trial_days integer, per_seat boolean
)
inner join public.products as p on p.provider = %(provider)s and p.livemode = %(live)s and p.key = r.product
on conflict (provider, livemode, provider_id) do update set
    lookup_key = excluded.lookup_key, trial_days = excluded.trial_days, per_seat = excluded.per_seat, sellable = true
"""
PLANS = """
delete from public.plan_features where plan in (select r.plan from jsonb_to_recordset(%(rows)s) as r (plan text));
delete from public.plan_limits where plan in (select r.plan from jsonb_to_recordset(%(rows)s) as r (plan text));
insert into public.plan_features (plan, feature)
select r.plan, f from jsonb_to_recordset(%(rows)s) as r (plan text, features text[]) cross join unnest(r.features) as f;
insert into public.plan_limits (plan, name, quantity)
select r.plan, l.key, (l.value #>> '{}')::bigint
from jsonb_to_recordset(%(rows)s) as r (plan text, limits jsonb) cross join jsonb_each(r.limits) as l;
"""
SEEN = {
    "product": """
    select key, provider_id, key, plan, name, description, position, active from public.products
    where provider = %(provider)s and livemode = %(live)s and active""",
    "price": """
    select c.provider_id, p.key as product, c.provider_id, c.lookup_key, c.currency, c.unit_amount,
        c.recurring_interval, c.interval_count, c.trial_days, c.per_seat
    from public.prices as c inner join public.products as p on p.id = c.product_id
    where c.provider = %(provider)s and c.livemode = %(live)s and c.sellable""",
    "plan": """
    select p.plan, p.plan,
        array(select f.feature from public.plan_features as f where f.plan = p.plan order by 1) as features,
        (select coalesce(jsonb_object_agg(l.name, l.quantity), '{}') from public.plan_limits as l where l.plan = p.plan)
            as limits
    from private.plans as p""",
}


def wanted(catalog: Catalog, shelf: Shelf) -> dict[str, Rows]:
    """Return the rows that should be there, by table and key; what the provider has not yet is left out."""
    rows: dict[str, Rows] = {"product": {}, "price": {}, "plan": {}}
    for product in catalog.products:
        if (there := shelf.products.get(product.key)) is None:
            continue
        told = {name: getattr(product, name) for name in ("key", "plan", "name", "description", "position")}
        rows["product"][product.key] = told | {"provider_id": there.id, "active": True}
        for price in product.prices:
            if (sold := shelf.prices.get(price.lookup_key)) is not None:
                told = {n: getattr(price, n) for n in ("lookup_key", "currency", "unit_amount", "interval_count")}
                told |= {n: getattr(price, n) for n in ("trial_days", "per_seat")}
                told |= {"product": product.key, "provider_id": sold.id, "recurring_interval": price.interval}
                rows["price"][sold.id] = told
    for name, plan in catalog.plans.items():
        rows["plan"][name] = {"plan": name, "features": sorted(plan.features), "limits": dict(plan.limits)}
    return rows


def drift(connection: psycopg.Connection, rows: dict[str, Rows], *, live: bool) -> list[str]:
    """Return a line for each row that differs from what is wanted."""
    lines: list[str] = []
    for table, statement in SEEN.items():
        found = connection.execute(statement.encode(), {"provider": PROVIDER, "live": live})
        names = [column.name for column in found.description or []][1:]
        there: Rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}
        for key in sorted(rows[table].keys() | there.keys()):
            mine, theirs = rows[table].get(key), there.get(key)
            if mine != theirs and not (table == "plan" and mine is None):
                sign = "+" if theirs is None else "-" if mine is None else "~"
                lines.append(f"{sign} row of {table} {(mine or theirs or {}).get('lookup_key') or key}")
    return lines


def write(connection: psycopg.Connection, rows: dict[str, Rows], *, live: bool) -> None:
    """Make the tables what is wanted, in one transaction. A repeat changes nothing."""
    told: dict[str, Any] = {"provider": PROVIDER, "live": live}
    with connection.transaction():
        listed = {table: json.dumps(list(each.values())) for table, each in rows.items()}
        connection.execute(UNLISTED, told | {"keys": list(rows["product"])})
        connection.execute(PRODUCTS, told | {"rows": listed["product"]})
        connection.execute(RETIRED, told | {"keys": list(rows["price"])})
        connection.execute(PRICES, told | {"rows": listed["price"]})
        for statement in PLANS.strip().split(";\n"):
            connection.execute(
                statement.rstrip(";").encode(), {"rows": listed["plan"]} if "%(rows)s" in statement else None
            )
