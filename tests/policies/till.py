"""What stories of billing begin with: prices on the shelf, a customer, and what they subscribe to."""

from tests.policies.story import Story, yes

IDS = {
    name: f"b1111111-0000-4000-8000-00000000000{number}"
    for number, name in enumerate(
        ("product", "plain", "trial", "seats", "old", "euro", "subscription", "other", "checkout", "gone"), start=0
    )
}
SHELF = f"""
insert into products (id, provider, livemode, provider_id, key, plan, name) values
('{IDS["product"]}', 'stripe', false, 'prod_1', 'pro', 'pro', 'Pro'), ('{IDS["gone"]}', 'stripe', false, 'prod_2', 'gone', 'pro', 'Gone');
update products set active = false where key = 'gone';
insert into prices (id, product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount, recurring_interval, trial_days, per_seat, sellable)
select i::uuid, p::uuid, v, l, 'price_' || k, k, c, 100, 'month', t, s, y from (values
('{IDS["plain"]}', '{IDS["product"]}', 'stripe', false, 'plain', 'usd', 0, false, true),
('{IDS["trial"]}', '{IDS["product"]}', 'stripe', false, 'trial', 'usd', 14, false, true),
('{IDS["seats"]}', '{IDS["product"]}', 'stripe', false, 'seats', 'usd', 0, true, true),
('{IDS["old"]}', '{IDS["product"]}', 'stripe', false, 'old', 'usd', 0, false, false),
('{IDS["euro"]}', '{IDS["product"]}', 'stripe', false, 'euro', 'eur', 0, false, true),
('b2222222-0000-4000-8000-000000000001', '{IDS["gone"]}', 'stripe', false, 'gone', 'usd', 0, false, true),
('b2222222-0000-4000-8000-000000000002', '{IDS["product"]}', 'stripe', true, 'live', 'usd', 0, false, true),
('b2222222-0000-4000-8000-000000000003', '{IDS["product"]}', 'polar', false, 'polar', 'usd', 0, false, true)
) as w (i, p, v, l, k, c, t, s, y)
"""
CUSTOMER = f"{SHELF}; insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{firm}}', 'stripe', false, 'cus_1')"


def subscribed(
    price: str = "plain", quantity: int = 1, status: str = "active", *, more: str = "", org: str = "firm"
) -> str:
    """Return what makes the firm a subscriber, and then what else is so."""
    row = f"'{IDS['subscription' if org == 'firm' else 'other']}'"
    customer = (
        CUSTOMER
        if org == "firm"
        else f"insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{{org}}}', 'stripe', false, 'cus_{org}')"
    )
    return (
        f"{customer}; insert into subscriptions (id, org_id, provider, livemode, provider_id, price_id, status, quantity, currency,"
        " amount, recurring_interval, current_period_start, current_period_end, started_at) values"
        f" ({row}, '{{{org}}}', 'stripe', false, 'sub_{org}', '{IDS[price]}', '{status}', {quantity}, 'usd', 100, 'month',"
        " now() - interval '10 days', now() + interval '20 days', now() - interval '10 days');"
        " insert into subscription_items (subscription_id, provider_id, price_id, quantity, current_period_start, current_period_end)"
        f" values ({row}, 'si_1', '{IDS[price]}', {quantity}, now() - interval '10 days', now() + interval '20 days')"
        f"{'; ' + more if more else ''}"
    )


def till(
    name: str,
    actor: str,
    asked: str,
    state: str = "",
    before: str = SHELF,
    then: str = "",
    says: str = "",
    function: str = "billing",
) -> Story:
    """Return a story of what the billing functions ask; `asked` is the call, or a claim about it: `claim <- call`."""
    claim, arrow, call = asked.rpartition(" <- ")
    act = yes(claim, f"backend.billing_{call} as w") if arrow else f"select backend.billing_{call}"
    return Story(f"till: {name}", actor, act, state, before, then, function, "billing_writer", says=says)


def job(
    name: str, asked: str, state: str = "", before: str = SHELF, then: str = "", function: str = "billing"
) -> Story:
    """Return a story of what a job asks."""
    claim, arrow, call = asked.rpartition(" <- ")
    act = yes(claim, f"backend.jobs_{call} as w") if arrow else f"select backend.jobs_{call}"
    return Story(f"till: {name}", "nobody", act, state, before, then, function, "job_runner")
