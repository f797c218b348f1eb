"""What is sold and bought on the cast's stage, past the provider: a price, and organizations that pay it."""

from typing import Any
from uuid import UUID, uuid4

from tests.world import World

Reached = tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]
PRICE = """
with sold as (
    insert into products (provider, livemode, provider_id, key, plan, name)
    values ('stripe', false, 'prod_of_the_cast', 'of_the_cast', 'pro', 'x')
    on conflict (provider, livemode, key) do update set name = excluded.name returning id
)
insert into prices (product_id, provider, livemode, provider_id, currency, unit_amount, recurring_interval, per_seat, sellable)
select id, 'stripe', false, 'price_of_the_cast', 'usd', 100, 'month', true, true from sold
on conflict (provider, livemode, provider_id) do update set currency = excluded.currency returning id
"""
GIVES = """
with feature as (insert into plan_features (plan, feature) values ('pro', 'of_the_cast') on conflict do nothing)
insert into plan_limits (plan, name, quantity) values ('pro', 'of_the_cast', 1) on conflict do nothing
"""
SUBSCRIBED = """
with paying as (
    insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'stripe', false, %s) returning org_id
), begun as (
    insert into subscriptions (
        org_id, provider, livemode, provider_id, price_id, status, currency, amount, recurring_interval,
        current_period_start, current_period_end, started_at
    ) select org_id, 'stripe', false, %s, %s, 'incomplete', 'usd', 100, 'month', now(), now() + interval '30 days', now() from paying
    returning id
), line as (
    insert into subscription_items (subscription_id, provider_id, price_id, current_period_start, current_period_end)
    select id, 'si_1', %s, now(), now() + interval '30 days' from begun
), billed as (
    insert into invoices (
        org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid, period_start, period_end, issued_at
    ) select org_id, 'stripe', false, %s, 'open', 'usd', 100, 100, 0, now(), now(), now() from paying
)
select id from begun
"""


def buy(world: World, organization: UUID) -> UUID:
    """Have an organization subscribe to the one price, without paying yet, and return the subscription."""
    price, mark = world.value(PRICE), uuid4().hex
    world.run(GIVES)
    names = [f"{kind}_{mark}" for kind in ("cus", "sub", "in")]
    bought: UUID = world.value(SUBSCRIBED, organization, names[0], names[1], price, price, names[2])
    return bought


def reached(world: World, bought: UUID, organization: UUID, seated: UUID, other: UUID) -> list[Reached]:
    """Return for each table the row that is reached for, a change of it, and a row like it."""
    price = world.value("select price_id from subscriptions where id = %s", bought)
    product = world.value("select product_id from prices where id = %s", price)
    pro, ours, mode = {"plan": "pro"}, {"org_id": organization}, {"provider": "other", "livemode": False}
    at = {"current_period_start": "now", "current_period_end": "now"}
    cost = {"currency": "usd", "recurring_interval": "month"}
    sold = {**mode, "provider_id": "x"}
    due = {
        "total": 1,
        "amount_due": 1,
        "amount_paid": 0,
        "period_start": "now",
        "period_end": "now",
        "issued_at": "now",
    }
    return [
        ("products", {"id": product}, {"active": False}, {**sold, "key": "x", "name": "x"}),
        ("prices", {"id": price}, {"sellable": False}, {**sold, **cost, "product_id": product, "unit_amount": 0}),
        ("plan_features", {**pro, "feature": "of_the_cast"}, {"feature": "x"}, {**pro, "feature": "x"}),
        ("plan_limits", {**pro, "name": "of_the_cast"}, {"quantity": 9}, {**pro, "name": "x", "quantity": 9}),
        ("billing_customers", ours, {"provider_id": "x"}, {**ours, **mode}),
        (
            *("subscriptions", {"id": bought}, {"status": "active"}),
            {**ours, **mode, **cost, **at, "provider_id": "x", "status": "active", "amount": 0, "started_at": "now"},
        ),
        (
            *("subscription_items", {"subscription_id": bought}, {"quantity": 9}),
            {"subscription_id": bought, "provider_id": "x", **at},
        ),
        ("invoices", ours, {"status": "paid"}, {**ours, **sold, **due, "status": "paid", "currency": "usd"}),
        (
            *("seats", {**ours, "user_id": seated}, {"user_id": other}),
            {**ours, "user_id": other},
        ),
    ]
