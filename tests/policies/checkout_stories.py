"""Stories of what stands between preparing a checkout and its end: customers named, sessions noted and closed."""

from tests.policies.paying import FEATURES
from tests.policies.sale_stories import OPEN, SESSION, UNSEEN
from tests.policies.till import CUSTOMER, IDS, SHELF, subscribed, till

NAME = "name_customer('{firm}', false, {}, 'cus_2')"
NEW = f"{SHELF}; insert into billing_customers (org_id, provider, livemode) values ('{{firm}}', 'stripe', false)"
NOTE = f"note_session('{IDS['checkout']}', false, 'cs_9', now())"
LIVE_NOW = "insert into billing_customers (org_id, provider, livemode) values ('{firm}', 'stripe', true); update private.checkouts set livemode = true"
CLOSE = "close_checkout({}, '{}', 'expired')"
STORIES = [
    till("a customer is named", "owner", f"w = 'cus_2' <- {NAME.replace('{}', 'null')}", before=NEW),
    till("named directly", "owner", NAME.replace("{}", "null"), "PT403", NEW, function=""),
    till("named by who may not", "admin", NAME.replace("{}", "null"), "PT403", NEW),
    till(
        "who comes second is told the first one's",
        "owner",
        f"w = 'cus_1' <- {NAME.replace('{}', 'null')}",
        before=CUSTOMER,
    ),
    till(
        "a customer who lives is not replaced",
        "owner",
        f"w = 'cus_1' <- {NAME.replace('{}', chr(39) + 'cus_1' + chr(39))}",
        before=CUSTOMER,
    ),
    till(
        "one who was deleted is",
        "owner",
        f"w = 'cus_2' <- {NAME.replace('{}', chr(39) + 'cus_1' + chr(39))}",
        before=f"{CUSTOMER}; update billing_customers set deleted_at = now(), fetched_from = now() where org_id = '{{firm}}'",
        then="select deleted_at is null and fetched_from is null from billing_customers where org_id = '{firm}'",
    ),
    till(
        "one who is unknown to the provider is, too",
        "owner",
        f"w = 'cus_2' <- {NAME.replace('{}', chr(39) + 'cus_1' + chr(39))}",
        before=f"{CUSTOMER}; update billing_customers set unknown_since = now() where org_id = '{{firm}}'",
        then="select unknown_since is null from billing_customers where org_id = '{firm}'",
    ),
    till(
        "one who was named meanwhile is not",
        "owner",
        f"w = 'cus_1' <- {NAME.replace('{}', chr(39) + 'cus_0' + chr(39))}",
        before=f"{CUSTOMER}; update billing_customers set deleted_at = now() where org_id = '{{firm}}'",
    ),
    till(
        "another's is let alone",
        "owner",
        NAME.replace("{}", "null"),
        before=f"{NEW}; insert into billing_customers (org_id, provider, livemode) values ('{{small}}', 'stripe', false)",
        then="select provider_id is null from billing_customers where org_id = '{small}'",
    ),
    till(
        "a session is noted",
        "owner",
        f"w <- {NOTE}",
        before=UNSEEN,
        then=f"select session_ref = 'cs_9' and status = 'open' and expires_at is not null from private.checkouts where id = '{IDS['checkout']}'",
    ),
    till("noted directly", "owner", NOTE, "PT403", UNSEEN, function=""),
    till("noted by a stranger", "outsider", NOTE, "PT404", UNSEEN),
    till(
        "a session that came too late",
        "owner",
        f"not w <- {NOTE}",
        before=f"{UNSEEN}; update private.checkouts set status = 'superseded'",
    ),
    till(
        "a session of who has one by now",
        "owner",
        f"not w <- {NOTE}",
        before=subscribed(more=SESSION.replace("{}", "null")),
        then=f"select status = 'superseded' from private.checkouts where id = '{IDS['checkout']}'",
    ),
    till(
        "a session of what was paid",
        "owner",
        f"not w <- {NOTE}",
        before=subscribed(more=f"{SESSION.replace('{}', 'null')}; update private.checkouts set status = 'complete'"),
        then=f"select status = 'complete' from private.checkouts where id = '{IDS['checkout']}'",
    ),
    till("a session of another mode", "owner", NOTE, "PT404", f"{UNSEEN}; {LIVE_NOW}", says="No such checkout."),
    till(
        "a session is closed",
        "owner",
        f"w <- {CLOSE.format('false', 'cs_1')}",
        before=OPEN,
        then=f"select status = 'expired' from private.checkouts where id = '{IDS['checkout']}'",
    ),
    till(
        "one that was superseded is closed, too",
        "owner",
        f"w <- {CLOSE.format('false', 'cs_1')}",
        before=f"{OPEN}; update private.checkouts set status = 'superseded'",
    ),
    till(
        "what was paid is not closed",
        "owner",
        f"not w <- {CLOSE.format('false', 'cs_1')}",
        before=f"{OPEN}; update private.checkouts set status = 'complete'",
    ),
    till("one is not closed by who may only read", "admin", f"not w <- {CLOSE.format('false', 'cs_1')}", before=OPEN),
    till("another's is not closed", "boss", f"not w <- {CLOSE.format('false', 'cs_1')}", before=OPEN),
    till("one by another name is not closed", "owner", f"not w <- {CLOSE.format('false', 'cs_2')}", before=OPEN),
    till("closed directly", "owner", CLOSE.format("false", "cs_1"), "PT403", OPEN, function=""),
    till(
        "who is a customer",
        "owner",
        "w ->> 'customer' = 'cus_1' and w ->> 'subscription' = 'sub_firm' <- customer('{firm}', false)",
        before=subscribed(),
    ),
    till("who is none", "owner", "w is null <- customer('{firm}', false)", before=NEW),
    till(
        "who was deleted is none",
        "owner",
        "w is null <- customer('{firm}', false)",
        before=f"{CUSTOMER}; update billing_customers set deleted_at = now() where org_id = '{{firm}}'",
    ),
    till("asked directly", "owner", "customer('{firm}', false)", "PT403", CUSTOMER, function=""),
    till("asked by who may only read", "admin", "customer('{firm}', false)", "PT403", CUSTOMER),
    till(
        "all plans",
        "nobody",
        "exists (select from jsonb_array_elements(w) as p where p ->> 'name' = 'Pro' and jsonb_array_length(p -> 'prices') = 6) and w #>> '{{0,plan}}' = 'free' and w #> '{{0,prices}}' = '[]' and not exists (select from jsonb_array_elements(w) as p where p ->> 'name' = 'Gone') <- plans(false)",
    ),
    till(
        "all plans, and what each gives",
        "nobody",
        "w #> '{{0,features}}' ? 'a_story' and not w #> '{{0,features}}' ? 'b_story' and w #> '{{0,limits,stories}}' = '3' and not w #> '{{0,limits}}' ? 'pages' and w #> '{{0,requests_per_hour}}' = 'null' <- plans(false)",
        before=f"{SHELF}; {FEATURES}; update private.limits set period = '1 day' where plan = 'free'",
    ),
    till("all plans, directly", "nobody", "plans(false)", "PT403", function=""),
    till("all plans of another mode", "nobody", "plans(true)", "PT503"),
]
