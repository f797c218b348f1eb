"""Stories of one thing at a time: a change of plan, an order of seats, and what either keeps the other from."""

from tests.policies.change_stories import ACT, ON, TERMS, USE, shown
from tests.policies.seat_stories import HELD, ORDER, THREE, TOLD
from tests.policies.story import AS_OWNER, Story, yes
from tests.policies.till import IDS, job, subscribed, till

INFINITE, SOON, OVER = "'infinity'", "now() + interval '4 minutes'", "now()"
TAKE = "order_seats('{firm}', false, 5)"
ENDED = (
    "insert into subscriptions (id, org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval,"
    " current_period_start, current_period_end, started_at) values"
    f" ('{IDS['euro']}', '{{firm}}', 'stripe', false, 'sub_ended', '{{}}', 'usd', 1, 'month', now(), now(), now() - interval '99 days')"
)
THEIR_ID = "b3333333-0000-4000-8000-000000000009"
THEIRS = f"insert into private.seat_orders (id, org_id, subscription_id, quantity, holds_until) values ('{THEIR_ID}', '{{small}}', '{IDS['subscription']}', 9, 'infinity')"
KEPT = "select holds_until = 'infinity' from private.seat_orders where org_id = '{{{}}}'"
THEIR_EFFECT = f"insert into private.outbox (kind, dedupe_key, payload) values ('billing.push_seats', 'theirs', jsonb_build_object('org_id', '{{small}}', 'livemode', false, 'order', '{THEIR_ID}'))"
PREPARE = "prepare_change('{{firm}}', false, null, '{}', null)"
KEEP = "keep_preview(false, {} || jsonb_build_object('ends_trial', {}), repeat('ab', 32), 100, 90, 'usd')"
PUSH = (
    "insert into private.jobs (kind, payload, dedupe_key) values ('{}',"
    " '{{{{\"outbox_id\": \"b4444444-0000-4000-8000-000000000001\"}}}}', 'a push')"
)
LOST = "unknown_since = now() - interval '12 hours', unknown_at = now()"
UNKNOWN = f"update billing_customers set {LOST} where org_id = '{{{{{{}}}}}}'"


def ended(status: str, quantity: int, until: str) -> str:
    """Return an order for a subscription of the firm's that is in this state, beside the one that lives."""
    return f"{ENDED.replace('{}', status)}; {HELD.format(quantity, until).replace(IDS['subscription'], IDS['euro'])}"


def held(quantity: int, until: str) -> str:
    """Return what the firm's seats are held to."""
    return HELD.format(quantity, until)


def owner(name: str, claim: str, before: str) -> Story:
    """Return a story of what follows by a trigger, or by a function that nobody calls but others."""
    return Story(f"till: {name}", "nobody", AS_OWNER + yes(claim, "(select) as nothing"), before=before)


HOLDING = [
    *(
        till(f"a change while {what}", "owner", USE, state, shown(before))
        for what, state, before in (
            ("seats are ordered", "PT409", held(1, INFINITE)),
            ("another is made", "PT409", held(1, SOON)),
            ("nothing is held any more", "", held(1, OVER)),
            ("an order is left of what was canceled", "", ended("canceled", 1, INFINITE)),
            ("an order is left of what never began", "", ended("incomplete_expired", 1, INFINITE)),
            ("an order is there of what is not paid", "PT409", ended("unpaid", 1, INFINITE)),
        )
    ),
    till(
        "a change of what has no seats is held, too",
        "owner",
        f"w ->> 'order' is not null <- {USE}",
        before=shown(),
        then="select quantity = 0 and holds_until between now() and now() + interval '6 minutes'"
        f" and subscription_id = '{IDS['subscription']}' from private.seat_orders where org_id = '{{firm}}'",
    ),
    *(
        till(f"seats are ordered while {what}", "owner", TAKE, state, f"{THREE}; {before}")
        for what, state, before in (
            ("a plan is changed", "PT409", held(3, SOON)),
            ("others are", "", held(3, INFINITE)),
            ("a change is over", "", held(3, OVER)),
        )
    ),
    till(
        "a seat while an order is left of what was canceled",
        "owner",
        "assign_seat('{firm}', '{member}')",
        before=f"{THREE}; {ended('canceled', 0, INFINITE)}",
    ),
]
ORDERING = [
    job(
        "what a change holds is not told",
        f"w is null <- {TOLD}",
        before=f"{THREE}; {ORDER}; update private.seat_orders set holds_until = {SOON}",
        then=f"select holds_until = {SOON} from private.seat_orders where org_id = '{{firm}}'",
    ),
    job(
        "an order of what was canceled is not told of what lives",
        f"w is null <- {TOLD}",
        before=f"{THREE}; {ENDED.replace('{}', 'canceled')}; {ORDER}; {THEIRS}; {THEIR_EFFECT}; update private.seat_orders set subscription_id = '{IDS['euro']}'",
        then="select (select holds_until = now() from private.seat_orders where org_id = '{firm}')"
        " and (select holds_until = 'infinity' from private.seat_orders where org_id = '{small}')",
    ),
    job(
        "an order that is told binds on",
        f"(w ->> 'quantity')::int = 2 <- {TOLD}",
        before=f"{THREE}; {ORDER}",
        then=KEPT.format("firm"),
    ),
    *(
        owner(
            f"an order whose job is {state}, of {kind}",
            f"(select holds_until = 'infinity' from private.seat_orders where org_id = '{{firm}}') is {binds}"
            " and (select holds_until = 'infinity' from private.seat_orders where org_id = '{small}')",
            f"{THREE}; {ORDER}; {THEIRS}; {PUSH.format(kind)}; update private.jobs set status = '{state}', finished_at = now() where dedupe_key = 'a push'",
        )
        for state, kind, binds in (
            ("dead", "billing.push_seats", "false"),
            ("done", "billing.push_seats", "true"),
            ("dead", "billing.plan_changed", "true"),
        )
    ),
    owner(
        "an order that took the place of one whose job is dead",
        "(select holds_until = 'infinity' from private.seat_orders where org_id = '{firm}')",
        f"{THREE}; {ORDER}; update private.seat_orders set id = '{THEIR_ID}'; {PUSH.format('billing.push_seats')}; update private.jobs set status = 'dead', finished_at = now() where dedupe_key = 'a push'",
    ),
]
TRIALS = [
    *(
        till(
            f"a change of what is {status} to a price {what} a trial",
            "owner",
            f"(w ->> 'ends_trial')::boolean is {ends} <- {PREPARE.format(lookup)}",
            before=subscribed(price, status=status),
        )
        for status, price, lookup, what, ends in (
            ("trialing", "trial", "plain", "without", "true"),
            ("trialing", "plain", "trial", "with", "false"),
            ("active", "trial", "plain", "without", "false"),
        )
    ),
    *(
        till(
            f"what is shown is kept: a trial ends, {ends}",
            "owner",
            KEEP.format(TERMS, ends),
            before=subscribed(),
            then=f"select ends_trial is {ends} and amount_due = 100 and total = 90 from private.plan_previews where org_id = '{{firm}}'",
        )
        for ends in ("true", "false")
    ),
    till(
        "what ends a trial says so when it is done",
        "owner",
        f"(w ->> 'ends_trial')::boolean <- {USE}",
        before=shown("update private.plan_previews set ends_trial = true"),
    ),
]
ENDING = [
    *(
        till(
            f"cancel of what is to end {when}",
            "owner",
            f"(w ->> 'done')::boolean is {done} and not (w ->> 'at_period_end')::boolean <- {ACT.format('cancel', 'null')}",
            before=subscribed(
                more=f"update subscriptions set cancel_at = current_period_end + interval '{after}' {ON}"
            ),
        )
        for when, after, done in (("with its period, by its moment", "0", "true"), ("later", "1 second", "false"))
    ),
    till(
        "undo of what is to end with its period",
        "owner",
        f"(w ->> 'at_period_end')::boolean <- {ACT.format('undo_cancel', 'null')}",
        before=subscribed(more=f"update subscriptions set cancel_at_period_end = true {ON}"),
    ),
    till(
        "what somebody says is not in the log",
        "owner",
        ACT.format("cancel", "jsonb_build_object('reason', 'unused', 'comment', 'I am ill')"),
        before=subscribed(),
        then="select after = jsonb_build_object('reason', 'unused') from audit_log where org_id = '{firm}' and action = 'subscription.cancel'",
    ),
]
GONE = [
    *(
        till(
            f"{what} of who was unknown in one comparison alone, as by a wrong key",
            "owner",
            asked,
            before=f"{subscribed()}; update billing_customers set unknown_since = now() - interval '11 hours 59 minutes', unknown_at = now() where org_id = '{{firm}}'",
            then="select status = 'active' from subscriptions where provider_id = 'sub_firm'",
        )
        for what, asked in (
            ("the customer", "w = 'cus_1' <- name_customer('{firm}', false, 'cus_1', 'cus_2')"),
            ("the subscription", f"w ->> 'customer' = 'cus_1' <- {PREPARE.format('trial')}"),
        )
    ),
    till(
        "what the provider does not know, beside another provider that does",
        "owner",
        PREPARE.format("trial"),
        "PT409",
        f"{subscribed()}; {UNKNOWN.format('firm')}; insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{firm}}', 'polar', false, 'cus_polar')",
    ),
    job(
        "an order is told to who sells the seats, however the rows lie",
        f"w ->> 'customer' = 'cus_1' <- {TOLD}",
        before=f"{THREE}; {ORDER}; insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{firm}}', 'polar', false, 'cus_polar');"
        " update billing_customers set dirty_at = now() where provider_id = 'cus_1'",
    ),
    till(
        "what the provider does not know cannot be changed",
        "owner",
        PREPARE.format("trial"),
        "PT409",
        f"{subscribed()}; {UNKNOWN.format('firm')}",
    ),
    *(
        till(
            f"a customer in the place of one who {what}",
            "owner",
            "w = 'cus_2' <- name_customer('{firm}', false, 'cus_1', 'cus_2')",
            before=f"{subscribed()}; {subscribed(org='small')}; {ENDED.replace('{}', 'incomplete_expired')}; update billing_customers set {gone} where org_id = '{{firm}}'",
            then="select (select status = 'canceled' and ended_at = now() and canceled_at = now() and past_due_since is null from subscriptions where provider_id = 'sub_firm')"
            " and (select status = 'incomplete_expired' and ended_at is null from subscriptions where provider_id = 'sub_ended')"
            " and (select status = 'active' from subscriptions where provider_id = 'sub_small')",
        )
        for what, gone in (("is gone", "deleted_at = now()"), ("is unknown in two comparisons", LOST))
    ),
    till(
        "a customer beside one who lives ends nothing",
        "owner",
        "w = 'cus_1' <- name_customer('{firm}', false, 'cus_1', 'cus_2')",
        before=subscribed(),
        then="select status = 'active' from subscriptions where provider_id = 'sub_firm'",
    ),
]
STORIES = [*HOLDING, *ORDERING, *TRIALS, *ENDING, *GONE]
