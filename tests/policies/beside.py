"""A world in which we bill for real, beside rows that are like ours: of another provider, the other mode, and another organization."""

from tests.policies.till import IDS

# What is not ours comes first, in every order in which a table is read: who forgets to ask finds theirs.
SHELVES = (("polar", "true"), ("stripe", "false"), ("stripe", "true"))
PLACES = (
    ("firm", "polar", "true"),
    ("firm", "stripe", "false"),
    ("small", "stripe", "true"),
    ("firm", "stripe", "true"),
)
MARKS = {"firm": "b", "small": "a"}
SHELF = """
insert into products (provider, livemode, provider_id, key, plan, name, updated_at)
values ('{provider}', {live}, 'prod_1', 'story', 'pro', 'Old', now() - interval '1 day');
insert into prices (product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount, recurring_interval, sellable)
select id, provider, livemode, 'price_1', 'story', 'usd', 100, 'month', true from products
where provider = '{provider}' and livemode = {live} and provider_id = 'prod_1';
"""
BOUGHT = """
insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{{org}}}', '{provider}', {live}, 'cus_{mark}');
insert into subscriptions (org_id, provider, livemode, provider_id, price_id, status, currency, amount, recurring_interval,
current_period_start, current_period_end, started_at) select '{{{org}}}', '{provider}', {live}, 'sub_{mark}', id, 'active', 'usd', 100,
'month', now() - interval '9 days', now() + interval '20 days', now() - interval '9 days' from prices
where provider = '{provider}' and livemode = {live} and provider_id = 'price_1';
insert into subscription_items (subscription_id, provider_id, price_id, current_period_start, current_period_end, created_at)
select id, 'si_{item}', price_id, current_period_start, current_period_end, now() - interval '9 days' from subscriptions
where provider = '{provider}' and livemode = {live} and provider_id = 'sub_{mark}';
insert into invoices (org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid, period_start,
period_end, issued_at) values ('{{{org}}}', '{provider}', {live}, 'in_{mark}', 'open', 'usd', 100, 100, 0, now(), now(), now());
"""
OFFERED = """
insert into private.checkouts (id, org_id, provider, livemode, price_id, quantity, session_ref) select {unseen}, '{{{org}}}',
provider, livemode, id, 1, null from prices where provider = '{provider}' and livemode = {live} and provider_id = 'price_1';
insert into private.checkouts (org_id, provider, livemode, price_id, quantity, session_ref) select '{{{org}}}', provider,
livemode, id, 1, 'cs_{mark}' from prices where provider = '{provider}' and livemode = {live} and provider_id = 'price_1';
"""
LIVE = "update private.settings set value = 'true' where name = 'billing_livemode'"
OURS = "org_id = '{firm}' and provider = 'stripe' and livemode"
# Where a row stands and who locked it are part of it: one that was written again, or locked, is not the same.
ROWS = " || ".join(
    f"coalesce((select string_agg(concat(r.ctid, r.xmax, r), '' order by r.ctid) from {table} as r where {theirs}), '')"
    for table, theirs in (
        *(
            (table, f"not ({OURS})")
            for table in ("billing_customers", "subscriptions", "invoices", "private.checkouts")
        ),
        ("subscription_items", f"r.subscription_id in (select id from subscriptions where not ({OURS}))"),
        *(
            (table, "not (provider = 'stripe' and livemode)")
            for table in ("products", "prices", "private.billing_sweeps")
        ),
    )
)
SAME = f"current_setting('tests.beside') = md5({ROWS})"


def world(*more: str, offered: bool = False) -> str:
    """Return the world, and then what else is so; SAME tells afterwards whether what is not ours is as it was then."""
    rows = [SHELF.format(provider=provider, live=live) for provider, live in SHELVES]
    for org, provider, live in PLACES:
        told = {"org": org, "provider": provider, "live": live, "mark": MARKS[org]}
        ours = (org, provider, live) == PLACES[-1]
        rows.append(BOUGHT.format(**told, item=1 if ours else 0))
        if offered:
            rows.append(OFFERED.format(**told, unseen=f"'{IDS['checkout']}'" if ours else "gen_random_uuid()"))
    kept = f"select set_config('tests.beside', md5({ROWS}), true)"
    # A row that is written moves to the end of its table: after all that, ours come last again.
    last = (f"update {table} set updated_at = now() where {OURS}" for table in ("billing_customers", "subscriptions"))
    return ";".join(["delete from billing_customers", LIVE, *rows, *more, *last, kept])


def same(claim: str = "true") -> str:
    """Return the question whether theirs is as it was, and this is so."""
    return f"select {SAME} and {claim}"
