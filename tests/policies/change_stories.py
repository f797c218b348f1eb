"""Stories of changing a subscription: what may be shown, that it is done once, and what else is done to it."""

from tests.policies.story import Story
from tests.policies.till import IDS, SHELF, subscribed, till

ASK = "prepare_change('{{firm}}', false, {}, {}, {})"
TO_TRIAL, TO_SEATS = (ASK.format("null", f"'{name}'", "null") for name in ("trial", "seats"))
TWO = "insert into seats (org_id, user_id) values ('{firm}', '{member}'), ('{firm}', '{member2}')"
TERMS = f"jsonb_build_object('org_id', '{{firm}}', 'price_id', '{IDS['trial']}', 'quantity', 1, 'ends_trial', false, 'proration_at', 1795228260)"
KEEP = f"keep_preview(false, {TERMS}, repeat('ab', 32), 100, 90, 'usd')"
USE = "use_preview(false, repeat('ab', 32))"
PREVIEW = f"insert into private.plan_previews (digest, org_id, subscription_id, price_id, quantity, former_price_id, former_quantity, proration_at, ends_trial, amount_due, total, currency) values (decode(repeat('ab', 32), 'hex'), '{{{{firm}}}}', '{IDS['subscription']}', '{IDS['trial']}', {{}}, '{IDS['plain']}', {{}}, to_timestamp(1795228260), false, 100, 90, 'usd')"
SHOWN = PREVIEW.format(1, 1).replace("{{", "{").replace("}}", "}")
FEWER = (
    PREVIEW.format(2, 3)
    .replace("{{", "{")
    .replace("}}", "}")
    .replace(IDS["trial"], IDS["seats"])
    .replace(IDS["plain"], IDS["seats"])
)
NONE = PREVIEW.format(1, 3).replace("{{", "{").replace("}}", "}").replace(IDS["plain"], IDS["seats"])
ON = "where id = '" + IDS["subscription"] + "'"


def shown(more: str = "", before: str = "") -> str:
    """Return a firm that was shown a change, and what happened since."""
    return f"{before or subscribed()}; {SHOWN}{'; ' + more if more else ''}"


STATES = {"active": "", "trialing": "", "past_due": "PT409", "paused": "PT409", "unpaid": "PT409", "canceled": "PT409"}
ENDING = (("cancel_at_period_end = true", "to end with its period"), ("cancel_at = now()", "to end on a day"))
SECOND = f"insert into subscription_items (subscription_id, provider_id, current_period_start, current_period_end) values ('{IDS['subscription']}', 'si_2', now(), now())"
LOCKED = "insert into billing_customers (org_id, provider, livemode, provider_id) values ('{firm}', 'stripe', true, 'cus_live'), ('{firm}', 'polar', false, 'cus_polar')"
SHOWING = [
    *(
        till(f"a change is asked for by {who}", who, TO_TRIAL, state, subscribed())
        for who, state in (("owner", ""), ("billing", ""), ("admin", "PT403"), ("outsider", "PT404"))
    ),
    till("a change is asked for directly", "owner", TO_TRIAL, "PT403", subscribed(), function=""),
    till(
        "a change of another mode",
        "owner",
        "prepare_change('{firm}', true, null, 'trial', null)",
        "PT503",
        subscribed(),
    ),
    till(
        "a change",
        "owner",
        f"w ->> 'subscription' = 'sub_firm' and w ->> 'item' = 'si_1' and w ->> 'customer' = 'cus_1' and w ->> 'price' = 'price_trial' and (w ->> 'quantity')::int = 1 and abs((w ->> 'proration_at')::bigint - extract(epoch from now())) < 3 <- {TO_TRIAL}",
        before=subscribed(more=LOCKED),
    ),
    till(
        "a change in a period that has not begun",
        "owner",
        f"(w ->> 'proration_at')::bigint > extract(epoch from now()) + 3000 <- {TO_TRIAL}",
        before=subscribed(more="update subscription_items set current_period_start = now() + interval '1 hour'"),
    ),
    till(
        "a change in a period that is over",
        "owner",
        f"(w ->> 'proration_at')::bigint < extract(epoch from now()) - 3000 <- {TO_TRIAL}",
        before=subscribed(more="update subscription_items set current_period_end = now() - interval '1 hour'"),
    ),
    *(
        till(f"a change of what is {status}", "owner", TO_TRIAL, state, subscribed(status=status))
        for status, state in STATES.items()
    ),
    *(
        till(
            f"a change of what is {how}",
            "owner",
            TO_TRIAL,
            "PT409",
            subscribed(more=f"update subscriptions set {what} {ON}"),
        )
        for what, how in ENDING
    ),
    till("a change of two lines", "owner", TO_TRIAL, "PT409", subscribed(more=SECOND)),
    till("a change without a subscription", "owner", TO_TRIAL, "PT409", says="Begin with POST /billing/checkout"),
    till("a change to what it is", "owner", ASK.format("null", "'plain'", "null"), "PT409", subscribed()),
    till(
        "a change of its seats",
        "owner",
        f"(w ->> 'quantity')::int = 4 <- {ASK.format('null', chr(39) + 'seats' + chr(39), 4)}",
        before=subscribed("seats", 3),
    ),
    till(
        "seats stay where none are named",
        "owner",
        f"(w ->> 'quantity')::int = 3 <- {TO_SEATS}",
        before=subscribed("plain", 3),
    ),
    till("as many seats as now", "owner", ASK.format("null", "'seats'", 3), "PT409", subscribed("seats", 3)),
    till("from seats to none", "owner", f"(w ->> 'quantity')::int = 1 <- {TO_TRIAL}", before=subscribed("seats", 3)),
    till("from seats to none while they are used", "owner", TO_TRIAL, "PT409", subscribed("seats", 3, more=TWO)),
    till(
        "fewer seats than are used",
        "owner",
        ASK.format("null", "'seats'", 1),
        "PT409",
        subscribed("seats", 3, more=TWO),
    ),
    till("a change of currency", "owner", ASK.format("null", "'euro'", "null"), "PT409", subscribed()),
    till(
        "a change of provider",
        "owner",
        TO_TRIAL,
        "PT409",
        subscribed(
            more=f"insert into billing_customers (org_id, provider, livemode) values ('{{firm}}', 'polar', false); update subscriptions set provider = 'polar' {ON}"
        ),
    ),
    till("a change to what is not sold", "owner", ASK.format("null", "'old'", "null"), "PT400", subscribed()),
    till(
        "what was shown is kept",
        "owner",
        f"w between now() + interval '9 minutes' and now() + interval '11 minutes' <- {KEEP}",
        before=subscribed(),
        then=f"select price_id = '{IDS['trial']}' and former_price_id = '{IDS['plain']}' and quantity = 1 and former_quantity = 1 and amount_due = 100 and used_at is null from private.plan_previews where digest = decode(repeat('ab', 32), 'hex')",
    ),
    till("what was shown is kept directly", "owner", KEEP, "PT403", subscribed(), function=""),
    till("kept by who may not", "admin", KEEP, "PT403", subscribed()),
    till("kept of what cannot be changed", "owner", KEEP, "PT409", subscribed(status="paused")),
    *(
        till(
            f"one that ended {ago} ago is {left} there when another is kept",
            "owner",
            KEEP,
            before=f"{shown()}; update private.plan_previews set digest = decode(repeat('cd', 32), 'hex'), expires_at = now() - interval '{ago}'",
            then=f"select count(*) = {1 + (left == 'still')} from private.plan_previews where org_id = '{{firm}}'",
        )
        for ago, left in (("1 day", "still"), ("1 day 1 second", "not"))
    ),
    till(
        "another organization's stay",
        "owner",
        KEEP,
        before=f"{shown()}; update private.plan_previews set digest = decode(repeat('cd', 32), 'hex'), expires_at = now() - interval '9 days', org_id = '{{small}}'",
        then="select count(*) = 1 from private.plan_previews where org_id = '{small}'",
    ),
]
USING = [
    till(
        "what was shown is used",
        "owner",
        f"w ->> 'subscription' = 'sub_firm' and w ->> 'item' = 'si_1' and w ->> 'price' = 'price_trial' and w ->> 'customer' = 'cus_1' and (w ->> 'proration_at')::bigint = 1795228260 and (w ->> 'amount_due')::int = 100 and (w ->> 'total')::int = 90 and not (w ->> 'ends_trial')::boolean and w ->> 'order' is not null <- {USE}",
        before=shown(LOCKED),
        then="select used_at is not null and (select count(*) = 1 from audit_log where org_id = '{firm}' and action = 'subscription.change') from private.plan_previews where org_id = '{firm}'",
    ),
    till("used by who may not", "admin", USE, "PT404", shown()),
    till("used by another", "boss", USE, "PT404", shown()),
    till("used directly", "owner", USE, "PT403", shown(), function=""),
    till("another token", "owner", "use_preview(false, repeat('cd', 32))", "PT404", shown()),
    till("used again", "owner", USE, "PT409", shown("update private.plan_previews set used_at = now()")),
    till("used too late", "owner", USE, "PT409", shown("update private.plan_previews set expires_at = now()")),
    till(
        "used in time",
        "owner",
        USE,
        before=shown("update private.plan_previews set expires_at = now() + interval '1 second'"),
    ),
    till(
        "used for another subscription",
        "owner",
        USE,
        "PT409",
        f"{shown()}; update subscriptions set status = 'canceled' {ON}; insert into subscriptions (id, org_id, provider, livemode, provider_id, price_id, status, quantity, currency, amount, recurring_interval, current_period_start, current_period_end, started_at) values ('{IDS['other']}', '{{firm}}', 'stripe', false, 'sub_2', '{IDS['plain']}', 'active', 1, 'usd', 1, 'month', now(), now(), now()); insert into subscription_items (subscription_id, provider_id, current_period_start, current_period_end) values ('{IDS['other']}', 'si_2', now(), now())",
    ),
    till(
        "used after another change of plan",
        "owner",
        USE,
        "PT409",
        shown(f"update subscriptions set price_id = '{IDS['seats']}' {ON}"),
    ),
    till("used after a change of seats", "owner", USE, "PT409", shown(f"update subscriptions set quantity = 2 {ON}")),
    till(
        "used when it is not sold any more",
        "owner",
        USE,
        "PT409",
        shown(f"update prices set sellable = false where id = '{IDS['trial']}'"),
    ),
    till(
        "used when its product is not sold any more",
        "owner",
        USE,
        "PT409",
        shown(
            f"update products set active = false where id = (select product_id from prices where id = '{IDS['trial']}')"
        ),
    ),
    till(
        "used when it cannot be changed",
        "owner",
        USE,
        "PT409",
        shown(f"update subscriptions set status = 'paused' {ON}"),
    ),
    till(
        "fewer seats are kept to",
        "owner",
        f"w ->> 'order' is not null <- {USE}",
        before=f"{subscribed('seats', 3)}; {FEWER}; {TWO}",
        then="select quantity = 2 and holds_until between now() and now() + interval '6 minutes' from private.seat_orders where org_id = '{firm}'",
    ),
    till(
        "fewer seats than are used by now",
        "owner",
        USE,
        "PT409",
        f"{subscribed('seats', 3)}; {FEWER}; {TWO}; insert into seats (org_id, user_id) values ('{{firm}}', '{{owner}}')",
    ),
    till(
        "no seats are kept to where the price has none",
        "owner",
        USE,
        before=f"{subscribed('seats', 3)}; {NONE}",
        then="select quantity = 0 and holds_until > now() from private.seat_orders where org_id = '{firm}'",
    ),
    till(
        "to a price without seats while one is used by now",
        "owner",
        USE,
        "PT409",
        f"{subscribed('seats', 3)}; {NONE}; insert into seats (org_id, user_id) values ('{{firm}}', '{{owner}}')",
    ),
    till("without seats, as before, while one is used", "owner", USE, "PT409", shown(TWO), says="this price has none"),
]
ACT = "prepare_act('{{firm}}', false, '{}', {})"
# What can be done in which state: done now, done already, or not.
CAN = """
             active  trialing  past_due  paused  unpaid  ending
cancel       now     now       now       never   never   already
undo_cancel  already already   already   already already now
pause        now     now       never     already never   now
resume       already never     never     now     never   already
"""


def _acts() -> list[Story]:
    """Return a story for each cell of the screen."""
    header, *rows = [line.split() for line in CAN.strip().splitlines()]
    found: list[Story] = []
    for act, *words in rows:
        for state, word in zip(header, words, strict=True):
            before = (
                subscribed(more=f"update subscriptions set cancel_at_period_end = true {ON}")
                if state == "ending"
                else subscribed(status=state)
            )
            call, name = ACT.format(act, "null"), f"{act} of what is {state}: {word}"
            noted = f"select count(*) = {int(word == 'now')} from audit_log where org_id = '{{firm}}' and action = 'subscription.{act}'"
            if word == "never":
                found.append(till(name, "owner", call, "PT409", before))
            else:
                found.append(
                    till(
                        name,
                        "owner",
                        f"(w ->> 'done')::boolean is {str(word == 'already').lower()} and w ->> 'subscription' = 'sub_firm' and w ->> 'customer' = 'cus_1' <- {call}",
                        before=before,
                        then=noted,
                    )
                )
    return found


CANCEL = ACT.format("cancel", "jsonb_build_object('reason', 'unused')")
ACTING = [
    *_acts(),
    *(
        till(f"cancel by {who}", who, CANCEL, state, subscribed())
        for who, state in (("billing", ""), ("admin", "PT403"), ("outsider", "PT404"))
    ),
    till("cancel directly", "owner", CANCEL, "PT403", subscribed(), function=""),
    till("cancel in another mode", "owner", "prepare_act('{firm}', true, 'cancel', null)", "PT503", subscribed()),
    till("cancel nothing", "owner", CANCEL, "PT404", SHELF),
    till("cancel what ended", "owner", CANCEL, "PT404", subscribed(status="canceled")),
    till(
        "why it was canceled",
        "owner",
        f"w ->> 'customer' = 'cus_1' <- {CANCEL}",
        before=subscribed(more=LOCKED),
        then="select after ->> 'reason' = 'unused' and actor_id = '{owner}' from audit_log where org_id = '{firm}' and action = 'subscription.cancel'",
    ),
    till("something else", "owner", ACT.format("explode", "null"), "PT409", subscribed()),
    till(
        "it goes on that was to end on a day",
        "owner",
        f"not (w ->> 'done')::boolean <- {ACT.format('undo_cancel', 'null')}",
        before=subscribed(more=f"update subscriptions set cancel_at = now() {ON}"),
    ),
]
STORIES = [*SHOWING, *USING, *ACTING]
