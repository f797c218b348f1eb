"""Stories of what customers are told and what is measured: by rows and by the clock, once for each cause."""

from tests.policies.paying import CUSTOMER, pays, sells
from tests.policies.plan_stories import HAS
from tests.policies.reconcile_stories import KNOWN, OLD, OURS, owner, runs
from tests.policies.story import Story

TRIAL = pays("trialing", trial_end="now() + interval $$2 days$$")
SPOKEN = (
    "exists (select from private.outbox where kind = '{}' and payload ->> 'org_id' = '{{firm}}' and dedupe_key = '{}')"
)
WRONG = "insert into private.billing_findings (kind, subject, found_at, ended_at) values ('{}', '{}', now() - interval '{}', {})"
PAPER = "insert into public.invoices (org_id, provider, livemode, provider_id, status, currency, total, amount_due, amount_paid, amount_refunded, attempts, attempted_at, needs_action, period_start, period_end, issued_at, paid_at) values ('{{firm}}', 'stripe', {live}, 'in_{name}', '{status}', '{currency}', 1, 1, {paid}, 100, {attempts}, {at}, {action}, now(), now(), now(), {at})"


def paper(name: str = "1", status: str = "paid", at: str = "now()", **more: str) -> str:
    """Return what puts an invoice of the firm there."""
    told = {"live": "false", "currency": "usd", "paid": "1900", "attempts": "1", "action": "false"} | more
    return PAPER.format(name=name, status=status, at=at, **told)


def causes(name: str, due: str, *before: str) -> Story:
    """Return a story of what the firm's customer is told: kinds of mail in the order of their names."""
    claim = f"(select coalesce(string_agg(c.kind || ' ' || c.cause, ', ' order by c.kind), '') from private.billing_causes(k) as c) = '{due}'"
    return owner(f"told: {name}", claim, "; ".join([OURS, *before]), "public.billing_customers as k")


STORIES = [
    runs(
        "tell: a trial that ends", "t = 1", "backend.jobs_tell_customers() as t", f"{sells()}; {TRIAL}", "select true"
    ),
    runs(
        "tell: a card that expires",
        "t = 1",
        "backend.jobs_tell_customers() as t",
        f"{sells()}; {pays()}; update public.billing_customers set card_expires_on = now()::date + 9",
        f"select {SPOKEN.format('mail.card_expiring', '%')}".replace(
            "dedupe_key = '%'", "dedupe_key like 'mail.card_expiring:stripe:%'"
        ),
    ),
    runs("tell: nobody", "t = 0", "backend.jobs_tell_customers() as t", f"{sells()}; {pays()}"),
    runs(
        "announce: what ended by the clock",
        "a = 1",
        "backend.jobs_announce_plans() as a",
        KNOWN.format("pro", "1 hour"),
        "select plan = 'free' and exists (select from private.outbox where kind = 'billing.plan_changed' and payload = jsonb_build_object('org_id', '{firm}', 'former', 'pro', 'plan', 'free')) and exists (select from public.audit_log where action = 'plan.changed' and org_id = '{firm}' and before = '{{\"plan\": \"pro\"}}' and after = '{{\"plan\": \"free\"}}') from private.known_plans",
    ),
    runs(
        "announce: what is so",
        "a = 0",
        "backend.jobs_announce_plans() as a",
        HAS.format("firm", "pro"),
        "select plan = 'pro' from private.known_plans",
    ),
    owner(
        "announce: a grant that is taken back, and nothing else's",
        "(select array_agg(k.plan order by k.plan) = array['free', 'pro'] and max(k.plan) filter (where k.org_id = '{firm}') = 'free' from private.known_plans as k)",
        f"{HAS.format('firm', 'pro')}; insert into private.known_plans (org_id, plan) values ('{{small}}', 'pro'); delete from private.organization_plans where org_id = '{{firm}}'",
    ),
    owner(
        "announce: what is known is not announced again",
        "not private.announce_plan('{firm}') and not exists (select from private.known_plans)",
        "delete from private.known_plans",
    ),
    causes("nothing", ""),
    causes("a receipt", "mail.receipt in_1", paper()),
    causes("no receipt of nothing", "", paper(paid="0")),
    causes("no receipt of long ago", "", paper(at="now() - interval '3 days'")),
    causes("a payment that failed", "mail.payment_failed in_1:1", paper(status="open")),
    causes("a payment that was not tried", "", paper(status="open", attempts="0")),
    causes("a payment that failed long ago", "", paper(status="open", at="now() - interval '3 days'")),
    causes("a payment that waits for its buyer", "mail.payment_action in_1:1", paper(status="open", action="true")),
    causes("one that waited long ago", "", paper(status="open", action="true", at="now() - interval '3 days'")),
    causes("what is void", "", paper(status="void", action="true")),
    causes("an end", "mail.subscription_canceled sub_firm_false", sells(), pays("canceled", ended_at="now()")),
    causes("an end long ago", "", sells(), pays("canceled", ended_at="now() - interval $$3 days$$")),
    causes("a trial that ends later", "", sells(), pays("trialing", trial_end="now() + interval $$4 days$$")),
    causes("a trial that ended", "", sells(), pays("trialing", trial_end="now() - interval $$1 second$$")),
    causes("a trial that became more", "", sells(), pays("active", trial_end="now() + interval $$2 days$$")),
    causes("a card without a subscription", "", "update public.billing_customers set card_expires_on = now()::date"),
    causes(
        "a card of who leaves",
        "",
        sells(),
        pays(ends="true"),
        "update public.billing_customers set card_expires_on = now()::date",
    ),
    causes(
        "a card that expires later",
        "",
        sells(),
        pays(),
        "update public.billing_customers set card_expires_on = now()::date + 31",
    ),
    causes(
        "a card that expired",
        "",
        sells(),
        pays(),
        "update public.billing_customers set card_expires_on = now()::date - 1",
    ),
    owner(
        "revenue: what was paid and not given back",
        "private.revenue_figures(now() - interval '1 day', now()) = '{{\"usd\": 3600, \"eur\": 1800}}'",
        "; ".join(
            [
                OURS,
                paper("a", at="now() - interval '1 day'"),
                paper("b", at="now() - interval '1 hour'"),
                paper("c", at="now() - interval '1 hour'", currency="eur"),
                paper("d", at="now()"),
                paper("e", at="now() - interval '2 days'"),
                paper("f", "open", at="now() - interval '1 hour'"),
                CUSTOMER.format(org="firm", live="true"),
                paper("g", at="now() - interval '1 hour'", live="true"),
            ]
        ),
    ),
    owner(
        "business: what pays, what came, and what was found wrong",
        'private.business_figures() @> \'{{"active_subscriptions": 1, "billing_events": 1, "billing_drift": 2, "billing_violations": 1}}\'',
        "; ".join(
            [
                *(sells(), pays(), pays("canceled", org="small")),
                *(sells(live="true"), pays(live="true")),
                *(OLD.format(name, "done", age) for name, age in (("a", "29 days"), ("b", "30 days"))),
                *(
                    WRONG.format(kind, name, age, ended)
                    for name, kind, age, ended in (
                        ("a", "drift", "29 days", "now()"),
                        ("b", "missing_event", "29 days", "now()"),
                        ("c", "drift", "30 days", "now()"),
                        ("d", "story", "29 days", "now()"),
                        ("e", "story", "40 days", "null"),
                    )
                ),
            ]
        ),
    ),
    owner(
        "inbox: its figures",
        'private.inbox_figures() = \'{{"waiting": 2, "oldest_waiting_seconds": 7200.000, "failed": 1}}\'',
        "; ".join(
            [
                OLD.format("a", "waiting", "2 hours"),
                OLD.format("b", "waiting", "1 hour"),
                OLD.format("c", "dead", "9 hours"),
                OLD.format("d", "done", "9 hours"),
            ]
        ),
    ),
]
