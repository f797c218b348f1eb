"""Stories of buying in a world in which others have rows that are like ours: theirs stay as they are."""

from tests.policies.beside import OURS, same, world
from tests.policies.change_stories import PREVIEW, USE
from tests.policies.till import IDS, subscribed, till
from tests.policies.usage_stories import COUNTS, EVENT

THEIRS = f"not ({OURS})"
OVER = "update subscriptions set status = 'canceled' where livemode"
GONE = f"update billing_customers set deleted_at = now() where {THEIRS}"
EXPIRED = (
    "insert into private.checkouts (org_id, provider, livemode, price_id, quantity, status) select org_id, provider, livemode, price_id, 1,"
    f" 'expired' from private.checkouts where id = '{IDS['checkout']}'"
)
STATUS = f"(select status from private.checkouts where id = '{IDS['checkout']}')"
NOTED = f"(select session_ref = 'cs_9' from private.checkouts where id = '{IDS['checkout']}')"
NOTE = f"note_session('{IDS['checkout']}', true, 'cs_9', now())"
SHOWN = PREVIEW.format(1, 1).replace("{{", "{").replace("}}", "}")
ANOTHER = SHOWN.replace("'ab'", "'cd'")
FETCHED = f"update billing_customers set fetched_from = now() where {OURS}"
USED = EVENT.replace("false", "{}").replace("5, 'a'", "{}, 'a'").replace("{firm}", "{{firm}}")
STORIES = [
    till(
        "beside: a checkout",
        "owner",
        "w ->> 'customer' = 'cus_b' and w -> 'earlier' = '[\"cs_b\"]' <- prepare_checkout('{firm}', true, null, 'story', 1)",
        before=world(OVER, GONE, EXPIRED, offered=True),
        then=same(f"{STATUS} = 'superseded' and (select count(*) = 1 from private.checkouts where status = 'expired')"),
    ),
    till(
        "beside: a customer is named",
        "owner",
        "w = 'cus_2' <- name_customer('{firm}', true, null, 'cus_2')",
        before=world("update billing_customers set provider_id = null"),
        then=same(f"(select status = 'active' from subscriptions where {OURS})"),
    ),
    *(
        till(
            f"beside: a customer is named in the place of one whose subscription is {status}",
            "owner",
            "w = 'cus_2' <- name_customer('{firm}', true, 'cus_b', 'cus_2')",
            before=world(
                "update billing_customers set deleted_at = now()",
                f"update subscriptions set status = '{status}' where {OURS}",
            ),
            then=same(f"(select status = '{then}' from subscriptions where {OURS})"),
        )
        for status, then in (("active", "canceled"), ("incomplete_expired", "incomplete_expired"))
    ),
    till(
        "beside: a session is noted",
        "owner",
        f"w <- {NOTE}",
        before=world(OVER, offered=True),
        then=same(f"{STATUS} = 'open' and {NOTED}"),
    ),
    till(
        "beside: a session of who has one by now",
        "owner",
        f"not w <- {NOTE}",
        before=world(offered=True),
        then=same(f"{STATUS} = 'superseded' and {NOTED}"),
    ),
    till(
        "beside: a session is closed",
        "owner",
        "w <- close_checkout(true, 'cs_b', 'expired')",
        before=world(offered=True),
        then=same("(select count(*) = 1 from private.checkouts where status = 'expired')"),
    ),
    *(
        till(f"beside: who is {what}", "owner", f"{claim} <- {function}('{{firm}}', true)", before=world(FETCHED))
        for what, claim, function in (
            ("a customer", "w ->> 'customer' = 'cus_b'", "customer"),
            ("a subscriber", "w ->> 'as_of' is not null", "subscription"),
        )
    ),
    till(
        "beside: what is sold",
        "nobody",
        "(select count(*) = 1 from jsonb_array_elements(w) as p where p ->> 'name' = 'Old') <- plans(true)",
        before=world(),
    ),
    till(
        "beside: a use again",
        "owner",
        "(w ->> 'repeated')::boolean <- record_usage('{firm}', true, 'calls', 5, 'a')",
        before=world(
            COUNTS, USED.replace("firm", "small").format("true", 9), USED.format("false", 7), USED.format("true", 5)
        ),
    ),
    till(
        "beside: a preview is used",
        "owner",
        f"w ->> 'price' = 'price_trial' <- {USE}",
        before=subscribed(more=f"{SHOWN}; {ANOTHER}"),
        then="select count(*) = 1 from private.plan_previews where used_at is not null and digest = decode(repeat('ab', 32), 'hex')"
        " and (select count(*) = 1 from private.plan_previews as p where p.used_at is null)",
    ),
]
