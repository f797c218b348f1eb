"""Stories of what time does to billing: what was asked before a change, what is owed to who is gone, what is kept no longer."""

from tests.policies.change_stories import SHOWN
from tests.policies.fetched import INVOICE, SUBSCRIPTION, state
from tests.policies.paying import pays, sells
from tests.policies.reconcile_stories import OURS, owner, runs
from tests.policies.sale_stories import OPEN
from tests.policies.stock_stories import SELLING, SOLD, sellable, told
from tests.policies.story import Story, yes
from tests.policies.till import subscribed

EARLIER = "backend.jobs_write_catalog('stripe', false, now(), {}) as c"
SAME = "select name <> 'New' and active from public.products where provider_id = 'prod_pro_false'"
DAYS = "now() - interval '{} days'"
CHECK = "backend.jobs_check_billing() as c"
EFFECT = (
    "delete from private.jobs; insert into private.outbox (id, kind, dedupe_key, payload) values"
    " ('b5555555-0000-4000-8000-000000000001', '{}', 'gone', jsonb_build_object('customer', 'cus_gone'))"
)
STOOD = (
    "update private.jobs set attempts = 12, token = gen_random_uuid(), status = '{}', created_at = now() - interval '{}',"
    " finished_at = case when '{}' <> 'waiting' then now() end"
)
FOUND = (
    "(select count(*) from private.billing_findings where kind = 'customer_not_ended' and subject = 'cus_gone') = {}"
)
AGAIN = "(select status = 'waiting' and attempts = 0 and token is null and finished_at is null and run_at >= now() from private.jobs) is {}"


def gone(status: str, age: str, kind: str = "billing.end_customer") -> str:
    """Return a job of the outbox in a state and of an age."""
    return f"{EFFECT.format(kind)}; {STOOD.format(status, age, status)}"


def seen(actor: str, more: str, number: int) -> Story:
    """Return a story of the prices that somebody sees."""
    counted = f"(select count(*) from public.prices where provider_id = 'price_pro_false') = {number}"
    return Story(
        f"prices: {actor} sees {number}", actor, yes(counted, "(select) as nothing"), before=f"{sells()}; {more}"
    )


def owes(number: int, days: int, **other: str) -> str:
    """Return an invoice of the firm's that is open, for its subscription; `other` is what is otherwise about it."""
    so = {
        "org": "{firm}",
        "ref": "sub_firm",
        "status": "open",
        "attempts": "1",
        "provider": "stripe",
        "livemode": "false",
    }
    said = so | other
    return (
        "insert into invoices (org_id, provider, livemode, provider_id, subscription_ref, status, attempts, currency, total, amount_due,"
        f" amount_paid, period_start, period_end, issued_at) values ('{said['org']}', '{said['provider']}', {said['livemode']}, 'in_{number}',"
        f" '{said['ref']}', '{said['status']}', {said['attempts']}, 'usd', 1, 1, 0, now(), now(), {DAYS.format(days)})"
    )


def failed(name: str, due: str, since: str, *invoices: str) -> Story:
    """Return a story of since when the firm's subscription is past due; others that are called the same are not touched."""
    twins = "; ".join(
        f"insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{firm}}', '{provider}', {live}, 'cus_twin');"
        " insert into subscriptions (org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval, current_period_start,"
        f" current_period_end, started_at) values ('{{firm}}', '{provider}', {live}, 'sub_firm', 'past_due', 'usd', 1, 'month', now(), now(), now())"
        for provider, live in (("polar", "false"), ("stripe", "true"))
    )
    ours = "provider_id = 'sub_firm' and provider = 'stripe' and not livemode"
    return owner(
        f"past due: {name}",
        f"(select past_due_since = {due} from public.subscriptions where {ours})"
        f" and (select bool_and(past_due_since = now()) from public.subscriptions where not ({ours}))",
        f"{subscribed(status='past_due')}; {subscribed(org='small', status='past_due')}; {twins};"
        f" update subscriptions set past_due_since = now(); update subscriptions set past_due_since = {since} where {ours}; {'; '.join(invoices)};"
        f" select private.date_past_due(c) from public.billing_customers as c where c.org_id = '{{firm}}' and c.provider_id = 'cus_1'",
    )


STORIES = [
    runs(
        "catalog: what was put up since stays on sale",
        "c = 0",
        EARLIER.format(told(SOLD % ("story", "false"))),
        SELLING,
        sellable("true"),
    ),
    runs(
        "catalog: what was renamed since keeps its name",
        "c = 0",
        EARLIER.format(told("", active="false")),
        SELLING,
        SAME,
    ),
    runs("catalog: its beginning", "c between now() and clock_timestamp()", "backend.jobs_begin_catalog() as c"),
    *(
        runs(
            f"check: who is gone, {status} for {age}, of {kind}",
            f"(c ->> 'found')::int = {found}",
            CHECK,
            gone(status, age, kind),
            f"select {FOUND.format(found)} and {AGAIN.format(again)}",
        )
        for status, age, kind, found, again in (
            ("dead", "61 minutes", "billing.end_customer", 1, "true"),
            ("dead", "60 minutes", "billing.end_customer", 0, "true"),
            ("waiting", "61 minutes", "billing.end_customer", 1, "false"),
            ("done", "61 minutes", "billing.end_customer", 0, "false"),
            ("dead", "61 minutes", "billing.push_seats", 0, "false"),
        )
    ),
    *(
        runs(
            f"prune: checkouts of {age} days",
            f"(p ->> 'checkouts')::int = {number}",
            f"backend.jobs_prune_billing({most}) as p",
            f"{OPEN}; insert into private.checkouts (org_id, provider, livemode, price_id, quantity, session_ref, created_at) select org_id, provider, livemode, price_id, 1, 'cs_old', now() - interval '{age} days' from private.checkouts",
            f"select count(*) = {2 - number} from private.checkouts where org_id = '{{firm}}'",
        )
        for age, number, most in (("90", 0, 9), ("91", 1, 9), ("91", 0, 0))
    ),
    *(
        runs(
            f"prune: previews {age} after their end",
            f"(p ->> 'previews')::int = {number}",
            f"backend.jobs_prune_billing({most}) as p",
            f"{subscribed()}; {SHOWN}; update private.plan_previews set expires_at = now() - interval '{age}'",
            f"select count(*) = {1 - number} from private.plan_previews",
        )
        for age, number, most in (("1 day", 0, 9), ("25 hours", 1, 9), ("25 hours", 0, 0))
    ),
    seen("nobody", "update public.prices set sellable = true where provider_id = 'price_pro_false'", 1),
    seen("nobody", "select 1", 0),
    seen("owner", pays(), 0),
    seen("key", "select 1", 0),
    failed("since the payment failed", DAYS.format(3), "now()", owes(1, 3)),
    failed("since we know of it, if that was earlier", DAYS.format(4), DAYS.format(4), owes(1, 3)),
    failed("since the latest that is open", DAYS.format(2), "now()", owes(1, 9), owes(2, 2)),
    *(
        failed(f"not by {what}", "now()", "now()", owes(1, 3, **other))
        for what, other in (
            ("what is paid", {"status": "paid"}),
            ("what was not tried", {"attempts": "0"}),
            ("what is for another", {"ref": "sub_x"}),
            ("what another owes", {"org": "{small}"}),
            ("what another provider says", {"provider": "polar"}),
            ("what is of another mode", {"livemode": "true"}),
        )
    ),
    runs(
        "past due: dated when it is written",
        "(w ->> 'written')::boolean",
        f"backend.billing_write('stripe', false, 'cus_firm_false', now(), {state(SUBSCRIPTION, INVOICE.replace('paid', 'open', 1))}) as w",
        f"{sells()}; {OURS}",
        "select past_due_since = '2026-11-05T00:00:00Z' from public.subscriptions where provider_id = 'sub_9'",
    ),
]
