"""Stories of refreshing a customer: what was fetched is written whole, once, and never over what was fetched later."""

from tests.policies import inbox_stories
from tests.policies.fetched import INVOICE, SUBSCRIPTION, state
from tests.policies.paying import CUSTOMER, pays, sells
from tests.policies.story import Story

OURS = CUSTOMER.format(org="firm", live="false")
STAMPED = f"{OURS}; update public.billing_customers set fetched_from = now()"
# What is written of them: every column but our own.
ROW = (
    "select (s.provider_id, p.provider_id, s.status, s.quantity, s.currency, s.amount, s.recurring_interval, s.interval_count,"
    " s.current_period_start, s.current_period_end, s.cancel_at_period_end, s.cancel_at, s.canceled_at, s.ended_at, s.trial_end,"
    " s.started_at)::text = ('sub_9', 'price_pro_false', 'past_due', 2, 'usd', 3800, 'month', 3, '2026-11-01T00:00:00Z'::timestamptz,"
    " '2126-12-01T00:00:00Z'::timestamptz, true, '2126-12-02T00:00:00Z'::timestamptz, '2026-11-03T00:00:00Z'::timestamptz, null::timestamptz,"
    " '2026-11-04T00:00:00Z'::timestamptz, '2026-10-01T00:00:00Z'::timestamptz)::text and s.org_id = '{firm}' and not s.livemode and {more}"
    " from public.subscriptions as s left join public.prices as p on p.id = s.price_id where s.provider_id = 'sub_9'"
)
LINE = (
    "select (i.provider_id, p.provider_id, i.quantity, i.current_period_start, i.current_period_end)::text = ('si_9', 'price_pro_false', 2,"
    " '2026-11-01T00:00:00Z'::timestamptz, '2126-12-01T00:00:00Z'::timestamptz)::text from public.subscription_items as i"
    " inner join public.subscriptions as s on s.id = i.subscription_id left join public.prices as p on p.id = i.price_id where s.provider_id = 'sub_9'"
)
PAPER = (
    "select (subscription_ref, number, status, reason, currency, total, tax, amount_due, amount_paid, amount_refunded, disputed, attempts,"
    " attempted_at, next_attempt_at, needs_action, period_start, period_end, issued_at, paid_at)::text = ('sub_9', 'N-1', 'paid', 'manual', 'usd',"
    " 1, 2, 3, 4, 5, true, 6, '2026-11-01T00:00:00Z'::timestamptz, '2026-11-02T00:00:00Z'::timestamptz, true, '2026-11-03T00:00:00Z'::timestamptz,"
    " '2026-11-04T00:00:00Z'::timestamptz, '2026-11-05T00:00:00Z'::timestamptz, '2026-11-06T00:00:00Z'::timestamptz)::text and org_id = '{firm}'"
    " from public.invoices where provider_id = 'in_9'"
)


def runs(name: str, claim: str, source: str, before: str, then: str = "select true") -> Story:
    """Return a story of what the runner of jobs does where nobody else is a customer."""
    return inbox_stories.runs(name, claim, source, f"delete from public.billing_customers; {before}", then)


def writes(
    name: str, told: str, then: str, before: str = OURS, since: str = "now()", claim: str = "(w ->> 'written')::boolean"
) -> Story:
    """Return a story of what is written of the firm's customer."""
    asked = f"backend.billing_write('stripe', false, 'cus_firm_false', {since}, {told}) as w"
    return runs(f"write: {name}", claim, asked, before, then)


def row(more: str = "true") -> str:
    """Return the claim that it is there as it was told."""
    return ROW.replace("{more}", more)


FORMER = pays("active").replace("'sub_firm_false'", "'sub_9'").replace("'si_pro'", "'si_9'")
OLD_PAPER = (
    "insert into public.invoices (org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid, period_start,"
    " period_end, issued_at) values ('{{{}}}', 'stripe', false, 'in_9', 'open', 'usd', 0, 0, 0, now(), now(), now())"
)
OPEN = "select status = 'open' from public.invoices"
EVENT = (
    "insert into private.webhook_events (provider, event_id, livemode, type, customer_ref, occurred_at, status, received_at) values"
    " ('{}', 'evt_{}', {}, 'x', '{}', now(), '{}', now() {})"
)
EVENTS = "; ".join(
    EVENT.format(*each)
    for each in (
        ("stripe", 1, "false", "cus_firm_false", "waiting", ""),
        ("stripe", 2, "false", "cus_firm_false", "dead", "- interval '1 hour'"),
        ("stripe", 3, "false", "cus_firm_false", "waiting", "+ interval '1 second'"),
        ("stripe", 4, "false", "cus_firm_false", "ignored", ""),
        ("stripe", 5, "false", "cus_small_false", "waiting", ""),
        ("stripe", 6, "true", "cus_firm_false", "waiting", ""),
        ("polar", 7, "false", "cus_firm_false", "waiting", ""),
    )
)
DONE = (
    "select array_agg(event_id order by event_id) = array['evt_1', 'evt_2'] and bool_and(done_at is not null and reason is null)"
    " from private.webhook_events where status = 'done'"
)
GONE = "select status = 'canceled' and ended_at = now() and canceled_at = now() from public.subscriptions where provider_id = 'sub_firm_false'"
DIRTY = (
    "update public.billing_customers set fetched_from = now(), dirty_at = now() {} where provider_id = 'cus_firm_false'"
)
STORIES = [
    runs(
        "begin: a customer of ours",
        "b ->> 'org_id' = '{firm}' and (b ->> 'fetched_from')::timestamptz between now() and clock_timestamp() and (b ->> 'fetched_from')::timestamptz > now()",
        "backend.billing_begin('stripe', false, 'cus_firm_false') as b",
        OURS,
    ),
    *(
        runs(f"begin: {what}", "b is null", f"backend.billing_begin({asked}) as b", OURS)
        for what, asked in (
            ("nobody of ours", "'stripe', false, 'cus_x'"),
            ("another mode", "'stripe', true, 'cus_firm_false'"),
            ("another provider", "'polar', false, 'cus_firm_false'"),
        )
    ),
    *(
        runs(
            f"write: {what}",
            "w is null",
            f"backend.billing_write({asked}, now(), {state(SUBSCRIPTION)}) as w",
            OURS,
            "select count(*) = 0 from public.subscriptions",
        )
        for what, asked in (
            ("nobody of ours", "'stripe', false, 'cus_x'"),
            ("another mode", "'stripe', true, 'cus_firm_false'"),
            ("another provider", "'polar', false, 'cus_firm_false'"),
        )
    ),
    writes("a subscription", state(SUBSCRIPTION), row("past_due_since = now()"), f"{sells()}; {OURS}"),
    writes("a subscription that changed", state(SUBSCRIPTION), row("past_due_since = now()"), f"{sells()}; {FORMER}"),
    writes(
        "a subscription that is past due still",
        state(SUBSCRIPTION),
        row("past_due_since = now() - interval '3 days'"),
        f"{sells()}; {FORMER}; update public.subscriptions set status = 'past_due', past_due_since = now() - interval '3 days'",
    ),
    writes(
        "a subscription that is past due no more",
        state(SUBSCRIPTION.replace('"past_due"', '"active"')),
        "select status = 'active' and past_due_since is null from public.subscriptions",
        f"{sells()}; {FORMER}; update public.subscriptions set status = 'past_due', past_due_since = now()",
    ),
    writes("lines", state(SUBSCRIPTION), LINE, f"{sells()}; {OURS}"),
    writes("lines that changed", state(SUBSCRIPTION), LINE, f"{sells()}; {FORMER}"),
    writes(
        "a line that is gone",
        state(SUBSCRIPTION),
        "select count(*) = 1 from public.subscription_items",
        f"{sells()}; {FORMER}; update public.subscription_items set provider_id = 'si_old'",
    ),
    writes(
        "a price that nobody knows",
        state(SUBSCRIPTION),
        "select (select price_id is null from public.subscription_items) and (select price_id is null from public.subscriptions)"
        " and exists (select from private.jobs where kind = 'billing.refresh_catalog' and dedupe_key = 'catalog:stripe' and payload = '{{\"provider\": \"stripe\"}}')",
    ),
    writes(
        "a price that we know",
        state(SUBSCRIPTION),
        "select not exists (select from private.jobs where kind = 'billing.refresh_catalog')",
        f"{sells()}; {OURS}",
    ),
    writes(
        "an unknown price of what ended",
        state(SUBSCRIPTION.replace('"past_due"', '"canceled"')),
        "select not exists (select from private.jobs where kind = 'billing.refresh_catalog')",
    ),
    writes("what is told no more has ended", state(SUBSCRIPTION), GONE, f"{sells()}; {pays()}"),
    writes(
        "what had ended keeps its end",
        state(),
        "select status = 'canceled' and ended_at = now() - interval '5 days' and canceled_at = now() from public.subscriptions",
        f"{sells()}; {pays('active', ended_at='now() - interval $$5 days$$')}",
    ),
    *(
        writes(
            f"what was {status} stays so",
            state(),
            f"select status = '{status}' and ended_at is null from public.subscriptions",
            f"{sells()}; {pays(status)}",
        )
        for status in ("canceled", "incomplete_expired")
    ),
    writes(
        "another's subscription is left alone",
        state(SUBSCRIPTION),
        "select count(*) = 1 and bool_and(status = 'active' and org_id = '{small}') from public.subscriptions",
        f"{sells()}; {OURS}; {pays(org='small')}; update public.subscriptions set provider_id = 'sub_9'",
    ),
    writes(
        "the others' subscriptions go on",
        state(),
        "select bool_and(status = 'active') and count(*) = 1 from public.subscriptions",
        f"{sells()}; {OURS}; {pays(org='small')}",
    ),
    writes("an invoice", state("", INVOICE), PAPER),
    writes("an invoice that changed", state("", INVOICE), PAPER, f"{OURS}; {OLD_PAPER.format('firm')}"),
    writes("an older invoice stays", state(), OPEN, f"{OURS}; {OLD_PAPER.format('firm')}"),
    writes(
        "another's invoice is left alone",
        state("", INVOICE),
        "select status = 'open' and org_id = '{small}' from public.invoices",
        f"{OURS}; {CUSTOMER.format(org='small', live='false')}; {OLD_PAPER.format('small')}",
    ),
    writes(
        "the card and the moment",
        state(card='"2127-01-31"'),
        "select card_expires_on = '2127-01-31' and fetched_from = now() and deleted_at is null from public.billing_customers",
    ),
    writes("who was deleted", state(deleted="true"), "select deleted_at = now() from public.billing_customers"),
    writes(
        "who was deleted before",
        state(deleted="true"),
        "select deleted_at = now() - interval '1 day' from public.billing_customers",
        f"{OURS}; update public.billing_customers set deleted_at = now() - interval '1 day'",
    ),
    writes(
        "who is back",
        state(),
        "select deleted_at is null from public.billing_customers",
        f"{OURS}; update public.billing_customers set deleted_at = now()",
    ),
    writes(
        "what is older is not written",
        state(SUBSCRIPTION),
        "select count(*) = 0 from public.subscriptions",
        STAMPED,
        "now() - interval '1 second'",
        'w = \'{{"written": false, "dirty": false, "mailed": 0}}\'',
    ),
    writes(
        "what is as old is not written",
        state(SUBSCRIPTION),
        "select count(*) = 0 from public.subscriptions",
        f"{STAMPED}, dirty_at = now()",
        "now()",
        'w = \'{{"written": false, "dirty": false, "mailed": 0}}\'',
    ),
    writes(
        "what is newer is written",
        state(SUBSCRIPTION),
        "select count(*) = 1 from public.subscriptions",
        STAMPED,
        "now() + interval '1 second'",
    ),
    writes(
        "who changed since",
        state(),
        "select true",
        f"{OURS}; {DIRTY.format('')}; update public.billing_customers set fetched_from = null",
        "now() - interval '1 second'",
        "(w ->> 'dirty')::boolean",
    ),
    writes(
        "who changed before",
        state(),
        "select true",
        f"{OURS}; {DIRTY.format('')}; update public.billing_customers set fetched_from = null",
        "now()",
        "not (w ->> 'dirty')::boolean",
    ),
    writes(
        "who changed since what is there",
        state(),
        "select true",
        f"{OURS}; {DIRTY.format('+ interval $$1 second$$')}",
        "now()",
        "(w ->> 'dirty')::boolean",
    ),
    writes("events are done", state(), DONE, f"{OURS}; {EVENTS}"),
    writes(
        "the plan is announced",
        state(SUBSCRIPTION),
        "select plan = 'pro' from private.known_plans where org_id = '{firm}'",
        f"{sells()}; {OURS}",
    ),
    writes(
        "mail follows",
        state(
            SUBSCRIPTION.replace('"past_due"', '"canceled"').replace(
                '"ended_at": null', '"ended_at": "2126-11-03T00:00:00Z"'
            )
        ),
        "select count(*) = 1 from private.outbox where kind = 'mail.subscription_canceled'",
        f"{sells()}; {OURS}",
        claim="(w ->> 'mailed')::integer = 1",
    ),
]
