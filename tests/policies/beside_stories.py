"""Stories of jobs in a world in which others have rows that are like ours: theirs stay as they are."""

from tests.policies import inbox_stories
from tests.policies.beside import OURS, same, world
from tests.policies.billing_letter_stories import OF, OF_CARD, SENT, says
from tests.policies.fetched import INVOICE, SUBSCRIPTION, state
from tests.policies.reconcile_stories import ALONE, owner, runs
from tests.policies.stock_stories import PRICE, SOLD, told
from tests.policies.story import Story, yes

THEIRS = f"not ({OURS})"
FETCHED = SUBSCRIPTION.replace("sub_9", "sub_b").replace("si_9", "si_1").replace("price_pro_false", "price_1")
WRITE = f"backend.billing_write('stripe', true, 'cus_b', now(), {state(FETCHED, INVOICE.replace('in_9', 'in_b'))}) as w"
MOVED = WRITE.replace(FETCHED, f"{FETCHED}, {FETCHED.replace('sub_b', 'sub_c').replace('si_1', 'si_2')}")
TWO = (
    "insert into subscriptions (org_id, provider, livemode, provider_id, status, currency,"
    " amount, recurring_interval, current_period_start, current_period_end, started_at) values"
    " ('{firm}', 'stripe', true, 'sub_c', 'active', 'usd', 1, 'month', now(), now(), now());"
    " insert into subscription_items (subscription_id, provider_id, current_period_start, current_period_end)"
    " select id, 'si_1', now(), now() from subscriptions where provider_id = 'sub_c'"
)
OF_OURS = f"(select id from subscriptions where {OURS})"
LINE = f"(select quantity = 2 and created_at < now() from subscription_items where subscription_id = {OF_OURS})"
NO_CATALOG = "not exists (select from private.jobs where kind = 'billing.refresh_catalog')"
UNKNOWN = (
    "update subscription_items set price_id = null where subscription_id in (select id from subscriptions where {})"
)
ENDING = "select token is not null and attempts = 3 from private.jobs where payload ? 'lost'"


def job(payload: str, **columns: str) -> str:
    """Return a job of which this is the payload, held under the firm's id as its lease."""
    told = {"token": "'{firm}'", "attempts": "3", "payload": f"'{payload}'"} | columns
    return inbox_stories.job(**told)


LOST = job('{{"lost": 1}}', kind="'a.b'", dedupe_key="null")
HELD = "; ".join(
    [
        job("{{}}"),
        "select set_config('tests.job', (select id from private.jobs where kind = 'billing.refresh')::text, true)",
    ]
)
END = "backend.jobs_end_refresh(current_setting('tests.job')::bigint, '{firm}', 'stripe', true, 'cus_b') as e"
CHANGED = "update billing_customers set fetched_from = now(), dirty_at = now() + interval '1 second' where {}"
TAKEN = "select token is null and attempts = 0 from private.jobs where kind = 'billing.refresh'"
JOBS_OF = (
    "(select coalesce(array_agg(payload ->> 'customer'), '{{}}') from private.jobs where kind = 'billing.refresh')"
)
NEW = told(PRICE, "prod_1")
CATALOG = "backend.jobs_write_catalog('stripe', true, clock_timestamp(), {}) as c"
SECOND = """
insert into products (provider, livemode, provider_id, key, plan, name) values ('stripe', true, 'prod_2', 'second', 'pro', 'Second');
insert into prices (product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount, recurring_interval, sellable)
select id, provider, livemode, 'price_2', 'second', 'usd', 1, 'month', true from products where provider_id = 'prod_2'
"""
FORMER = """
insert into prices (product_id, provider, livemode, provider_id, currency, unit_amount, recurring_interval, updated_at)
select id, provider, livemode, 'price_0', 'usd', 1, 'month', updated_at from products where provider = 'stripe' and livemode
"""
SWEEP = "insert into private.billing_sweeps (provider, livemode, swept_until, began_at, page_after) values ('{}', {}, now() - interval '9 hours', now() - interval '1 hour', 'evt_x')"
SWEEPS = tuple(SWEEP.format(*place) for place in (("polar", "true"), ("stripe", "false"), ("stripe", "true")))
EXPIRING = "update billing_customers set card_expires_on = now()::date"
CAUSES = "(select coalesce(string_agg(c.kind, ' ' order by c.kind), '') from billing_customers as k, private.billing_causes(k) as c where {})"
ALIKE = "; ".join(
    f"update {table} set provider_id = '{ours}' where {THEIRS} and org_id = '{{firm}}'"
    for table, ours in (("subscriptions", "sub_a"), ("invoices", "in_a"))
)
EVENTS = "; ".join(
    "insert into private.webhook_events (provider, event_id, livemode, type, object_ref, sought, occurred_at, status) values"
    f" ('{provider}', '{event}', true, 'x', 'sub_b', true, now(), 'waiting')"
    for provider, event in (("polar", "evt_1"), ("stripe", "evt_2"))
)
UNREAD = (
    "(select count(*) = 2 and bool_and(customer_ref is null and status = 'waiting') from private.webhook_events"
    " where (provider, event_id) <> ('stripe', 'evt_1'))"
)
BURST = "; ".join(
    inbox_stories.job(**columns, payload=inbox_stories.BY.format("1 minute"), run_at="'infinity'")
    for columns in (
        {"dedupe_key": "'refresh:stripe:t:cus_b'"},
        {"dedupe_key": "'refresh:stripe:t:cus_a'"},
        {"dedupe_key": "'refresh:stripe:t:cus_b'", "status": "'done'", "finished_at": "now()"},
    )
)


def tells(invoice: str, action: str, subscription: str) -> str:
    """Return what has everything be told to the others, and nothing to us."""
    return (
        "update billing_customers set card_expires_on = now()::date;"
        f" update invoices set status = '{invoice}', amount_paid = 100, attempts = 1, needs_action = {action}, attempted_at = now(),"
        f" paid_at = now() where {THEIRS}; update subscriptions set status = '{subscription}', trial_end = now() + interval '1 day',"
        f" ended_at = now() where {THEIRS}; update subscriptions set status = 'paused' where {OURS}"
    )


def receives(name: str, due: str, event: str, more: str, then: str) -> Story:
    """Return a story of an event that comes for us."""
    asked = f"backend.billing_receive({event}, true) as r"
    return Story(
        f"beside: {name}",
        "nobody",
        yes(f"r = '{due}'", asked),
        "",
        f"{ALONE}; {world(more)}",
        then,
        "billing",
        "billing_writer",
    )


def owns(name: str, due: str, asked: str, more: str = "select 1") -> Story:
    """Return a story of whose an object is."""
    return runs(
        f"beside, whose is {name}",
        f"o = '{due}'",
        f"backend.billing_owner('stripe', true, '{asked}') as o",
        world(more),
    )


WRITING = [
    runs(
        "beside: a customer is written",
        "(w ->> 'written')::boolean",
        WRITE,
        world(UNKNOWN.format(THEIRS)),
        same(f"{LINE} and {NO_CATALOG}"),
    ),
    runs(
        "beside: a customer who has nothing any more",
        "(w ->> 'written')::boolean",
        f"backend.billing_write('stripe', true, 'cus_b', now(), {state()}) as w",
        world(ALIKE),
        same(f"(select status = 'canceled' from subscriptions where {OURS})"),
    ),
    runs(
        "beside: a line that went to another subscription",
        "(w ->> 'written')::boolean",
        MOVED,
        world(TWO),
        same(
            f"(select array_agg(s.provider_id || i.provider_id order by s.provider_id) = array['sub_bsi_1', 'sub_csi_2'] from subscription_items as i inner join subscriptions as s on s.id = i.subscription_id where {OURS})"
        ),
    ),
    runs(
        "beside: a refresh ends",
        "not e",
        END,
        world(CHANGED.format(THEIRS), HELD, LOST),
        same("(" + TAKEN.replace("attempts = 0", "status = 'done'") + ")"),
    ),
    runs(
        "beside: a refresh is put back",
        "e",
        END,
        world(CHANGED.format(OURS), HELD, LOST),
        same(f"({TAKEN}) and ({ENDING})"),
    ),
    runs(
        "beside: a refresh whose job was given up",
        "e",
        END,
        world(CHANGED.format(OURS), HELD, "update private.jobs set status = 'dead', finished_at = now()"),
        "select token is not null and attempts = 3 from private.jobs where kind = 'billing.refresh'",
    ),
    runs(
        "beside: a sweep begins",
        "b ->> 'after' is null and (b ->> 'since')::timestamptz = now() - interval '30 days'",
        "backend.jobs_begin_sweep('stripe', true) as b",
        world(*SWEEPS[:2]),
        same(),
    ),
    runs(
        "beside: a sweep goes on",
        "s = 1",
        f"backend.jobs_sweep('stripe', true, jsonb_build_array({inbox_stories.event('cus_b', livemode='true')}::jsonb), 'evt_1') as s",
        world(*SWEEPS),
        same("(select org_id = '{firm}' from private.billing_findings where subject = 'evt_1')"),
    ),
    runs(
        "beside: a sweep ends",
        "e",
        "backend.jobs_end_sweep('stripe', true) as e",
        world(*SWEEPS),
        same("(select began_at is null from private.billing_sweeps where provider = 'stripe' and livemode)"),
    ),
]
SELLING = [
    runs(
        "beside: the catalog, and who pays what nobody knew",
        "c = 1",
        CATALOG.format(NEW),
        world(UNKNOWN.format("org_id = '{firm}'"), SECOND),
        same(
            f"{JOBS_OF} = array['cus_b'] and (select p.provider = 'stripe' and p.livemode from prices as c inner join products as p on p.id = c.product_id where c.provider_id = 'price_9')"
            " and (select c.sellable and p.name = 'Second' from prices as c inner join products as p on p.id = c.product_id where c.provider_id = 'price_2')"
            " and (select name = 'New' from products where provider = 'stripe' and livemode and provider_id = 'prod_1')"
        ),
    ),
    runs(
        "beside: the catalog, and others pay what nobody knew",
        "c = 1",
        CATALOG.format(NEW),
        world(UNKNOWN.format(f"org_id = '{{firm}}' and {THEIRS}")),
        same(f"{JOBS_OF} = '{{{{}}}}'"),
    ),
    runs(
        "beside: the catalog, and what only others sell",
        "c = 0",
        CATALOG.format(told(PRICE, "prod_9")),
        world(
            "update products set provider_id = 'prod_9' where provider_id = 'prod_1' and (provider = 'polar' or not livemode)"
        ),
        same("not exists (select from prices where provider_id = 'price_9')"),
    ),
    runs(
        "beside: the catalog, and a price by another id",
        "c = 1",
        CATALOG.format(told(SOLD.replace("price_pro_false", "price_3") % ("story", "true"), "prod_1")),
        world(),
        same("(select not sellable from prices where provider = 'stripe' and livemode and provider_id = 'price_1')"),
    ),
    runs(
        "beside: a catalog that is as it was is not written",
        "c = 0",
        CATALOG.format(told("", "prod_1").replace('"New"', '"Old"').replace('"d"', "null")),
        world(FORMER),
        same(
            "(select updated_at < now() from products where provider = 'stripe' and livemode and provider_id = 'prod_1')"
            " and (select updated_at < now() from prices where provider_id = 'price_0')"
        ),
    ),
]
FINDING = [
    owns("a subscription", "cus_b", "sub_b"),
    owns("an invoice", "cus_b", "in_b"),
    owns("a subscription that others call so", "cus_a", "sub_a", ALIKE),
    owns("an invoice that others call so", "cus_a", "in_a", ALIKE),
    receives(
        "an event that another provider calls so",
        "sent",
        inbox_stories.event("", livemode="true", sought="true", object='"sub_b"'),
        EVENTS,
        same(UNREAD),
    ),
    receives(
        "nobody's event that another provider calls so",
        "ignored",
        inbox_stories.event("", livemode="true"),
        EVENTS,
        same(UNREAD),
    ),
    receives(
        "a burst",
        "waiting",
        inbox_stories.event("cus_b", livemode="true"),
        BURST,
        "select count(*) = 2 and bool_and(dedupe_key like '%cus_a' or status = 'done') from private.jobs where kind = 'billing.refresh' and run_at = 'infinity'",
    ),
]
TELLING = [
    owner(
        "beside: what is compared",
        "(select array_agg(n order by n) from jsonb_object_keys(private.mirror_of(k)) as n) = array['card', 'deleted', 'in_b', 'sub_b']"
        " and jsonb_array_length(private.mirror_of(k) #> '{{sub_b,items}}') = 1",
        world(ALIKE),
        f"billing_customers as k where {OURS}",
    ),
    *(
        owner(
            f"beside, told: nothing of what is others', {what}",
            f"{CAUSES.format(OURS)} = ''",
            world(tells(invoice, action, subscription)),
        )
        for what, invoice, action, subscription in (
            ("paid and in trial", "paid", "false", "trialing"),
            ("failed and canceled", "open", "false", "canceled"),
            ("waiting and active", "open", "true", "active"),
        )
    ),
    owner(
        "beside, told: a card",
        says(organization="'Firm'"),
        f"{world(EXPIRING)}; {SENT.format(kind='card_expiring', what=OF_CARD, source=f'billing_customers where {OURS}')}",
        f"(select private.mail_of_card(o) as m from {OF}) as x",
    ),
    owner(
        "beside, told: it is there to be told",
        f"{CAUSES.format(THEIRS)} like 'mail.card_expiring%'",
        world(tells("paid", "false", "trialing")),
    ),
]
STORIES = [*WRITING, *SELLING, *FINDING, *TELLING]
