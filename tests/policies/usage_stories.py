"""Stories of usage: who counts what, once, and what the provider is told of it."""

from tests.policies.till import SHELF, job, subscribed, till

COUNTS = "insert into private.meters (meter, description) values ('calls', 'x')"
PAYS = subscribed(more=COUNTS)
OTHERS = "insert into billing_customers (org_id, provider, livemode, provider_id) values ('{firm}', 'stripe', true, 'cus_live'), ('{firm}', 'polar', false, 'cus_polar')"
RECORD = "record_usage('{{firm}}', false, '{}', {}, '{}', {})"
COUNT = RECORD.format("calls", 5, "a", "null")
EVENT = "insert into private.usage_events (org_id, provider, livemode, meter, quantity, identifier, occurred_at) values ('{firm}', 'stripe', false, 'calls', 5, 'a', now())"
QUOTED, BEFORE = "5, 'a'", "7, '0'"
TOLD = "update private.usage_deliveries set begun_at = now() - interval '{}', ended_at = {} where event_id in (select id from private.usage_events where org_id = '{{firm}}')"
STORIES = [
    *(
        till(f"a use is counted by {who}", who, COUNT, state, PAYS)
        for who, state in (
            ("owner", ""),
            ("key_of_owner", ""),
            ("admin", "PT403"),
            ("key", "PT403"),
            ("outsider", "PT404"),
        )
    ),
    till("a use is counted directly", "owner", COUNT, "PT403", PAYS, function=""),
    till("a use in another mode", "owner", "record_usage('{firm}', true, 'calls', 5, 'a')", "PT503", PAYS),
    till(
        "a use",
        "owner",
        f"not (w ->> 'repeated')::boolean and (w ->> 'quantity')::int = 5 <- {COUNT}",
        before=PAYS,
        then="select quantity = 5 and occurred_at = now() and provider = 'stripe' and not livemode from private.usage_events where org_id = '{firm}' and identifier = 'a'",
    ),
    till(
        "a use again",
        "owner",
        f"(w ->> 'repeated')::boolean and w ->> 'identifier' = 'a' <- {COUNT}",
        before=f"{PAYS}; {EVENT.replace(QUOTED, BEFORE)}; {EVENT}",
        then="select count(*) = 2 from private.usage_events where org_id = '{firm}'",
    ),
    till("another use under its name", "owner", RECORD.format("calls", 6, "a", "null"), "PT409", f"{PAYS}; {EVENT}"),
    till(
        "another's use under its name",
        "owner",
        f"not (w ->> 'repeated')::boolean <- {COUNT}",
        before=f"{PAYS}; insert into billing_customers (org_id, provider, livemode) values ('{{small}}', 'stripe', false); {EVENT.replace('{firm}', '{small}')}",
    ),
    till("a use of what nobody counts", "owner", RECORD.format("steps", 5, "a", "null"), "PT400", PAYS),
    *(
        till(f"a use at now {when}", "owner", RECORD.format("calls", 5, "a", f"now() {when}"), state, PAYS)
        for when, state in (
            ("- interval '34 days'", ""),
            ("- interval '34 days 1 second'", "PT400"),
            ("+ interval '5 minutes'", ""),
            ("+ interval '301 seconds'", "PT400"),
        )
    ),
    till("a use of who pays nothing", "owner", COUNT, "PT409", f"{SHELF}; {COUNTS}"),
    job(
        "a use is told",
        "jsonb_array_length(w) = 1 and w #>> '{{0,customer}}' = 'cus_1' and (w #>> '{{0,quantity}}')::int = 5 and w #>> '{{0,meter}}' = 'calls' and char_length(w #>> '{{0,identifier}}') = 64 <- take_usage()",
        before=f"{PAYS}; {EVENT}; {OTHERS}",
        then="select count(*) = 1 from private.usage_deliveries where ended_at is null and begun_at >= now()",
    ),
    job("a use is told directly", "take_usage()", "PT403", f"{PAYS}; {EVENT}", function=""),
    *(
        job(
            f"a use that was begun {ago} ago",
            f"jsonb_array_length(w) = {number} <- take_usage()",
            before=f"{PAYS}; {EVENT}; {TOLD.format(ago, 'null')}",
            then=f"select begun_at = now() - interval '{ago}' from private.usage_deliveries",
        )
        for ago, number in (("9 minutes", 0), ("10 minutes", 1), ("23 hours", 1), ("23 hours 1 second", 0))
    ),
    job("a use that was told", "w = '[]' <- take_usage()", before=f"{PAYS}; {EVENT}; {TOLD.format('1 hour', 'now()')}"),
    job(
        "no more than are wanted",
        "jsonb_array_length(w) = 1 <- take_usage(1)",
        before=f"{PAYS}; {EVENT}; {EVENT.replace(chr(39) + 'a' + chr(39), chr(39) + 'b' + chr(39))}",
    ),
    job(
        "a use is ended",
        "w <- end_usage((select max(event_id) from private.usage_deliveries), 'why')".replace(
            "(select max(event_id) from private.usage_deliveries)", "-1"
        ),
        before=f"{PAYS}; insert into private.usage_events (id, org_id, provider, livemode, meter, quantity, identifier, occurred_at) overriding system value values (-1, '{{firm}}', 'stripe', false, 'calls', 5, 'a', now()); {TOLD.format('1 hour', 'null')}",
        then="select problem = 'why' and ended_at is not null from private.usage_deliveries where event_id = -1",
    ),
    job(
        "another use is not ended", "not w <- end_usage(-2)", before=f"{PAYS}; {EVENT}; {TOLD.format('1 hour', 'null')}"
    ),
    job(
        "a use is ended once",
        "not w <- end_usage(-1)",
        before=f"{PAYS}; insert into private.usage_events (id, org_id, provider, livemode, meter, quantity, identifier, occurred_at) overriding system value values (-1, '{{firm}}', 'stripe', false, 'calls', 5, 'a', now()); {TOLD.format('1 hour', 'now()')}",
    ),
    job("a use is ended directly", "end_usage(-1)", "PT403", PAYS, function=""),
    *(
        till(
            f"{kind} has {number} flushes follow",
            "nobody",
            "plans(false)",
            before=f"{SHELF}; insert into private.webhook_events (provider, event_id, livemode, type, occurred_at) values ('stripe', 'evt_1', false, '{kind}', now())",
            then=f"select count(*) = {number} from private.jobs where kind = 'billing.flush_usage' and status = 'waiting' and payload = '{{}}'".replace(
                "{}", "{{}}"
            ),
        )
        for kind, number in (
            ("invoice.upcoming", 1),
            ("invoice.created", 1),
            ("customer.subscription.deleted", 1),
            ("invoice.paid", 0),
        )
    ),
]
