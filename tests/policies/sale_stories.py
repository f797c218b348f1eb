"""Stories of selling: for whom, what, and that nobody buys twice."""

from tests.policies.till import CUSTOMER, IDS, SHELF, subscribed, till

PREPARE = "prepare_checkout({}, false, {}, {}, {})"
BUY = PREPARE.format("'{firm}'", "null", "'plain'", 1)
TRIAL = PREPARE.format("'{firm}'", "null", "'trial'", 1)
LIVE = "update private.settings set value = 'true' where name = 'billing_livemode'"
SESSION = f"insert into private.checkouts (id, org_id, provider, livemode, price_id, quantity, session_ref, status) values ('{IDS['checkout']}', '{{firm}}', 'stripe', false, '{IDS['plain']}', 1, {{}}, 'open')"
OPEN, UNSEEN = (f"{CUSTOMER}; {SESSION.replace('{}', each)}" for each in ("'cs_1'", "null"))
USED = f"{CUSTOMER}; insert into private.trials (org_id, livemode, used_at) values ('{{firm}}', false, now())"
CLAIMED = f"{OPEN}; insert into private.trials (org_id, livemode, checkout_id) values ('{{firm}}', false, '{IDS['checkout']}')"
ENDED = subscribed(status="canceled")
BEGAN = f"update subscriptions set trial_end = now() where id = '{IDS['subscription']}'"
TRIED = subscribed(status="canceled", more=BEGAN)
SEATED = "insert into seats (org_id, user_id) values ('{firm}', '{member}'), ('{firm}', '{member2}')"
STATES = {
    "trialing": "PT409",
    "active": "PT409",
    "past_due": "PT409",
    "unpaid": "PT409",
    "paused": "PT409",
    "incomplete": "PT409",
    "odd": "PT409",
}
STATES |= {"canceled": "", "incomplete_expired": ""}

WHOSE = [
    till("an owner's organization", "owner", "(w ->> 'org_id') = '{firm}' <- subscription('{firm}', false)"),
    till(
        "the personal one where none is named",
        "owner",
        "(w ->> 'org_id') = '{home_of_owner}' <- subscription(null, false)",
    ),
    till(
        "a key's own where none is named",
        "key_of_owner",
        f"(w ->> 'org_id') = '{{firm}}' <- {PREPARE.format('null', 'null', chr(39) + 'plain' + chr(39), 1)}",
    ),
    till("another than the key's", "key_of_owner", PREPARE.format("'{small}'", "null", "'plain'", 1), "PT404"),
    till("a key without the scope", "key", BUY, "PT403"),
    till("a stranger's", "outsider", "subscription('{firm}', false)", "PT404"),
    till("nobody's", "nobody", "subscription(null, false)", "PT404"),
    till("a member's, who may not see it", "member", "subscription('{firm}', false)", "PT403"),
    till("an admin's, who may not buy", "admin", BUY, "PT403"),
    till("seen directly", "owner", "subscription('{firm}', false)", "PT403", function=""),
    till("of another mode", "owner", "subscription('{firm}', true)", "PT503"),
    till("with another mode in the database", "owner", "subscription('{firm}', false)", "PT503", f"{SHELF}; {LIVE}"),
    till(
        "nothing was ever bought",
        "owner",
        "w -> 'subscription' = 'null' and w -> 'as_of' = 'null' <- subscription('{firm}', false)",
    ),
    till(
        "what was bought is shown",
        "admin",
        "w #>> '{{subscription,status}}' = 'active' and w #>> '{{subscription,plan}}' = 'pro' and w #>> '{{subscription,lookup_key}}' = 'plain' and (w #>> '{{subscription,entitled_until}}')::timestamptz > now() <- subscription('{firm}', false)",
        before=subscribed(more="update billing_customers set fetched_from = now() where org_id = '{firm}'"),
    ),
    till(
        "what another bought for longer",
        "owner",
        "(w #>> '{{subscription,entitled_until}}')::timestamptz < now() + interval '60 days' <- subscription('{firm}', false)",
        before=f"{subscribed()}; {subscribed(org='small')}; update subscription_items set current_period_end = now() + interval '1 year' where subscription_id = '{IDS['other']}'",
    ),
    till(
        "what is alive comes before what ended later",
        "owner",
        "w #>> '{{subscription,id}}' = '" + IDS["subscription"] + "' <- subscription('{firm}', false)",
        before=subscribed(
            more=f"insert into subscriptions (id, org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval, current_period_start, current_period_end, started_at) values ('{IDS['other']}', '{{firm}}', 'stripe', false, 'sub_2', 'canceled', 'usd', 1, 'month', now(), now(), now())"
        ),
    ),
    till(
        "rows of the other mode are not shown",
        "owner",
        "w -> 'subscription' = 'null' <- subscription('{firm}', false)",
        before=f"{SHELF}; insert into billing_customers (org_id, provider, livemode) values ('{{firm}}', 'stripe', true); insert into subscriptions (org_id, provider, livemode, provider_id, status, currency, amount, recurring_interval, current_period_start, current_period_end, started_at) values ('{{firm}}', 'stripe', true, 'sub_l', 'active', 'usd', 1, 'month', now(), now(), now())",
    ),
]
PRICES = [
    *(
        till(
            f"a price by {what}",
            "owner",
            f"w ->> 'price' = 'price_plain' <- {PREPARE.format(chr(39) + '{firm}' + chr(39), price, lookup, 1)}",
        )
        for what, price, lookup in (
            ("our id", f"'{IDS['plain']}'", "null"),
            ("the provider's id", "'price_plain'", "null"),
            ("its name", "null", "'plain'"),
        )
    ),
    *(
        till(
            f"a price that is not sold: {name}",
            "owner",
            PREPARE.format("'{firm}'", "null", f"'{name}'", 1),
            "PT400",
            says="lookupKey",
        )
        for name in ("old", "gone", "live", "polar", "nothing")
    ),
    till(
        "a price that is not sold, by its id",
        "owner",
        PREPARE.format("'{firm}'", "'price_old'", "null", 1),
        "PT400",
        says="priceId",
    ),
    *(
        till(f"a price of {price} and {lookup}", "owner", PREPARE.format("'{firm}'", price, lookup, 1), "PT400")
        for price, lookup in (("null", "null"), ("'price_plain'", "'plain'"))
    ),
    *(
        till(f"{many} of {lookup}", "owner", PREPARE.format("'{firm}'", "null", f"'{lookup}'", many), state, says=says)
        for lookup, many, state, says in (
            ("plain", 0, "PT400", "leave it out"),
            ("plain", 2, "PT400", "leave it out"),
            ("seats", 0, "PT400", "between 1 and 10000"),
            ("seats", 1, "", ""),
            ("seats", 10000, "", ""),
            ("seats", 10001, "PT400", "between 1 and 10000"),
        )
    ),
    *(
        till(
            f"{many} of {lookup} while two are used",
            "owner",
            PREPARE.format("'{firm}'", "null", f"'{lookup}'", many),
            state,
            f"{SHELF}; {SEATED}",
        )
        for lookup, many, state in (("seats", 1, "PT409"), ("seats", 2, ""), ("plain", 1, "PT409"))
    ),
]
BUYING = [
    *(
        till(f"who has one that is {status}", "owner", BUY, state, subscribed(status=status))
        for status, state in STATES.items()
    ),
    till("bought directly", "owner", BUY, "PT403", function=""),
    till("another organization's subscription is none", "owner", BUY, before=f"{SHELF}; {subscribed(org='small')}"),
    till(
        "the first time",
        "owner",
        f"w -> 'customer' = 'null' and w -> 'former' = 'null' and w -> 'earlier' = '[]' and (w ->> 'quantity')::int = 1 and w ->> 'name' = 'Firm' <- {BUY}",
        then="select count(*) = 1 from billing_customers where org_id = '{firm}' and provider = 'stripe' and not livemode and provider_id is null",
    ),
    till(
        "again",
        "owner",
        f"w ->> 'customer' = 'cus_1' and w ->> 'former' = 'cus_1' <- {BUY}",
        before=CUSTOMER,
        then="select count(*) = 1 from billing_customers where org_id = '{firm}'",
    ),
    till(
        "with a customer who was deleted",
        "owner",
        f"w -> 'customer' = 'null' and w ->> 'former' = 'cus_1' <- {BUY}",
        before=f"{CUSTOMER}; update billing_customers set deleted_at = now() where org_id = '{{firm}}'",
    ),
    till(
        "with a customer who is unknown to the provider",
        "owner",
        f"w -> 'customer' = 'null' and w ->> 'former' = 'cus_1' <- {BUY}",
        before=f"{CUSTOMER}; update billing_customers set unknown_since = now() where org_id = '{{firm}}'",
    ),
    till(
        "an earlier session is to be closed",
        "owner",
        f"w -> 'earlier' = '[\"cs_1\"]' <- {BUY}",
        before=OPEN,
        then=f"select (select status from private.checkouts where id = '{IDS['checkout']}') = 'open'",
    ),
    till(
        "one that ended is not",
        "owner",
        f"w -> 'earlier' = '[]' <- {BUY}",
        before=f"{OPEN}; update private.checkouts set status = 'expired'",
    ),
    till(
        "one that nobody saw is superseded",
        "owner",
        f"w -> 'earlier' = '[]' <- {BUY}",
        before=UNSEEN,
        then=f"select (select status from private.checkouts where id = '{IDS['checkout']}') = 'superseded' and (select count(*) = 1 from private.checkouts where org_id = '{{firm}}' and status = 'open')",
    ),
    till(
        "another's sessions are let alone",
        "owner",
        f"w -> 'earlier' = '[]' <- {BUY}",
        before=f"{UNSEEN}; insert into billing_customers (org_id, provider, livemode) values ('{{small}}', 'stripe', false); update private.checkouts set org_id = '{{small}}', session_ref = 'cs_2'",
        then=f"select (select status from private.checkouts where id = '{IDS['checkout']}') = 'open'",
    ),
    till(
        "another's that nobody saw is let alone",
        "owner",
        BUY,
        before=f"{UNSEEN}; insert into billing_customers (org_id, provider, livemode) values ('{{small}}', 'stripe', false); update private.checkouts set org_id = '{{small}}'",
        then=f"select (select status from private.checkouts where id = '{IDS['checkout']}') = 'open'",
    ),
]
TRIALS = [
    till(
        "a trial",
        "owner",
        f"(w ->> 'trial_days')::int = 14 <- {TRIAL}",
        then="select count(*) = 1 from private.trials as t inner join private.checkouts as c on c.id = t.checkout_id where t.org_id = '{firm}' and t.used_at is null and c.trial_days = 14",
    ),
    till(
        "a price without one claims none",
        "owner",
        f"(w ->> 'trial_days')::int = 0 <- {BUY}",
        then="select count(*) = 0 from private.trials where org_id = '{firm}'",
    ),
    till("a trial that was had", "owner", f"(w ->> 'trial_days')::int = 0 <- {TRIAL}", before=USED),
    till(
        "a trial that an unpaid checkout claimed",
        "owner",
        f"(w ->> 'trial_days')::int = 14 <- {TRIAL}",
        before=CLAIMED,
        then=f"select count(*) = 1 from private.trials where org_id = '{{firm}}' and checkout_id <> '{IDS['checkout']}'",
    ),
    till(
        "a trial that began is had",
        "owner",
        f"(w ->> 'trial_days')::int = 0 <- {TRIAL}",
        before=TRIED,
        then="select used_at is not null from private.trials where org_id = '{firm}'",
    ),
    till(
        "a trial that was had before stays so",
        "owner",
        f"(w ->> 'trial_days')::int = 0 <- {TRIAL}",
        before=f"{ENDED}; insert into private.trials (org_id, livemode, used_at) values ('{{firm}}', false, now() - interval '1 day'); {BEGAN}",
        then="select used_at = now() - interval '1 day' from private.trials where org_id = '{firm}'",
    ),
    till(
        "a subscription without a trial uses none", "owner", f"(w ->> 'trial_days')::int = 14 <- {TRIAL}", before=ENDED
    ),
]
STORIES = [*WHOSE, *PRICES, *BUYING, *TRIALS]
