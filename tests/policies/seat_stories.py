"""Stories of seats: who gives them to whom, how many there are, and how the provider hears of it."""

from tests.policies.till import IDS, job, subscribed, till

SEAT = "insert into seats (org_id, user_id, created_at) values ('{{firm}}', '{{{}}}', now() - interval '{} minutes')"
TWO = f"{SEAT.format('member', 2)}; {SEAT.format('member2', 1)}"
HELD = (
    "insert into private.seat_orders (org_id, id, subscription_id, quantity, holds_until) values"
    f" ('{{{{firm}}}}', 'b3333333-0000-4000-8000-000000000001', '{IDS['subscription']}', {{}}, {{}})"
)
ORDER = (
    HELD.format(2, "'infinity'")
    + "; insert into private.outbox (id, kind, dedupe_key, payload) values ('b4444444-0000-4000-8000-000000000001', 'billing.push_seats', 'x', jsonb_build_object('org_id', '{firm}', 'livemode', false, 'order', 'b3333333-0000-4000-8000-000000000001'))"
)
THEIRS = HELD.replace("firm", "small").format(0, "'infinity'")
TOLD = "seat_order('b4444444-0000-4000-8000-000000000001')"
SETTLE = "settle_seats('{}', 'b3333333-0000-4000-8000-00000000000{}')"
THREE = subscribed("seats", 3)
OTHER_LIVE = "update private.settings set value = 'true' where name = 'billing_livemode'"


def seated(more: str, quantity: int = 3) -> str:
    """Return a firm with so many seats, and what else is so."""
    return subscribed("seats", quantity, more=more)


ASSIGN, RELEASE = "assign_seat('{{firm}}', '{{{}}}')", "release_seat('{{firm}}', '{{{}}}')"
GIVING = [
    *(
        till(f"a seat is given by {who}", who, ASSIGN.format("member"), state, THREE)
        for who, state in (
            ("owner", ""),
            ("admin", ""),
            ("billing", "PT403"),
            ("member", "PT403"),
            ("outsider", "PT404"),
        )
    ),
    till("a seat is given directly", "owner", ASSIGN.format("member"), "PT403", THREE, function=""),
    till(
        "a seat that is given",
        "owner",
        f"(w ->> 'used')::int = 1 and (w ->> 'bought')::int = 3 and w #>> '{{{{seats,0,user_id}}}}' = '{{member}}' <- {ASSIGN.format('member')}",
        before=THREE,
        then="select assigned_by = '{owner}' from seats where org_id = '{firm}' and user_id = '{member}'",
    ),
    till("to somebody who is no member", "owner", ASSIGN.format("outsider"), "PT404", THREE),
    till("to a member of another organization", "boss", "assign_seat('{small}', '{member}')", "PT404", f"{THREE}"),
    till("the last one", "owner", ASSIGN.format("admin"), before=seated(TWO)),
    till(
        "to who has one elsewhere, where fewer are asked for",
        "owner",
        f"(w ->> 'used')::int = 1 <- {ASSIGN.format('admin')}",
        before=seated(f"insert into seats (org_id, user_id) values ('{{small}}', '{{admin}}'); {THEIRS}"),
    ),
    till("one too many", "owner", ASSIGN.format("admin"), "PT409", seated(TWO, 2)),
    till(
        "a repeat where none is left",
        "owner",
        f"(w ->> 'used')::int = 2 <- {ASSIGN.format('member')}",
        before=seated(TWO, 2),
    ),
    till("where nothing is bought", "owner", ASSIGN.format("member"), "PT409"),
    till(
        "fewer are asked for",
        "owner",
        ASSIGN.format("admin"),
        "PT409",
        seated(f"{TWO}; {HELD.format(2, chr(39) + 'infinity' + chr(39))}"),
    ),
    till(
        "fewer were asked for once", "owner", ASSIGN.format("admin"), before=seated(f"{TWO}; {HELD.format(2, 'now()')}")
    ),
    till(
        "more are asked for",
        "owner",
        ASSIGN.format("admin"),
        "PT409",
        seated(f"{TWO}; {HELD.format(9, chr(39) + 'infinity' + chr(39))}", 2),
    ),
    *(
        till(
            f"a subscription that is {status} pays for {state or 'them'}",
            "owner",
            ASSIGN.format("member"),
            state,
            subscribed("seats", 3, status),
        )
        for status, state in (("trialing", ""), ("paused", "PT409"), ("canceled", "PT409"))
    ),
    till(
        "a price that is not by seat pays for none", "owner", ASSIGN.format("member"), "PT409", subscribed("plain", 3)
    ),
    till(
        "another's pays for none",
        "owner",
        ASSIGN.format("member"),
        "PT409",
        f"{subscribed('seats', 3)}; delete from subscriptions where org_id = '{{firm}}'; {subscribed('seats', 3, org='small')}",
    ),
    till(
        "what is over pays for none",
        "owner",
        ASSIGN.format("member"),
        "PT409",
        seated("update subscription_items set current_period_end = now() - interval '60 minutes'"),
    ),
    till(
        "what is paid in the other mode pays for none",
        "owner",
        ASSIGN.format("member"),
        "PT409",
        seated(
            "insert into billing_customers (org_id, provider, livemode) values ('{firm}', 'stripe', true); update subscriptions set livemode = true where org_id = '{firm}'"
        ),
    ),
    till(
        "another's seats are not counted",
        "owner",
        f"(w ->> 'used')::int = 1 <- {ASSIGN.format('member')}",
        before=seated("insert into seats (org_id, user_id) values ('{small}', '{admin}')", 1),
    ),
    till(
        "a seat is freed",
        "admin",
        f"(w ->> 'used')::int = 1 <- {RELEASE.format('member')}",
        before=seated(TWO),
        then="select array_agg(user_id) = array['{member2}'::uuid] from seats where org_id = '{firm}'",
    ),
    till("a seat is freed directly", "admin", RELEASE.format("member"), "PT403", seated(TWO), function=""),
    till("a seat is freed by who may not", "billing", RELEASE.format("member"), "PT403", seated(TWO)),
    till(
        "elsewhere the seat stays",
        "admin",
        RELEASE.format("admin"),
        before=seated("insert into seats (org_id, user_id) values ('{small}', '{admin}')"),
        then="select count(*) = 1 from seats where org_id = '{small}'",
    ),
    till(
        "who may see them",
        "member",
        "(w ->> 'used')::int = 2 and (w ->> 'bought')::int = 1 and w -> 'ordered' = 'null' and (w #>> '{{seats,0,paid_for}}')::boolean and not (w #>> '{{seats,1,paid_for}}')::boolean and w #>> '{{seats,0,user_id}}' = '{member}' <- seats('{firm}')",
        before=seated(TWO, 1),
    ),
    till(
        "who asked for how many",
        "member",
        "(w ->> 'ordered')::int = 4 <- seats('{firm}')",
        before=seated(HELD.format(4, "'infinity'")),
    ),
    till(
        "how many were asked for once",
        "member",
        "w -> 'ordered' = 'null' <- seats('{firm}')",
        before=seated(HELD.format(4, "now()")),
    ),
    till("seen by a stranger", "outsider", "seats('{firm}')", "PT404"),
    till("seats are seen directly", "owner", "seats('{firm}')", "PT403", function=""),
]
ASK = "order_seats('{{firm}}', false, {})"
ORDERING = [
    *(
        till(f"seats are asked for by {who}", who, ASK.format(5), state, THREE)
        for who, state in (("owner", ""), ("billing", ""), ("admin", "PT403"), ("outsider", "PT404"))
    ),
    till("seats of no subscription", "owner", ASK.format(5), "PT409", says="while a subscription is active"),
    till("seats are asked for directly", "owner", ASK.format(5), "PT403", THREE, function=""),
    till("seats of another mode", "owner", "order_seats('{firm}', true, 5)", "PT503", THREE),
    till(
        "seats that are asked for",
        "owner",
        f"(w ->> 'ordered')::int = 5 and (w ->> 'bought')::int = 3 <- {ASK.format(5)}",
        before=THREE,
        then="select count(*) = 1 from private.outbox as o inner join private.seat_orders as s on o.dedupe_key = 'seats:' || s.id where o.kind = 'billing.push_seats' and o.payload = jsonb_build_object('org_id', '{firm}', 'livemode', false, 'order', s.id) and s.quantity = 5 and s.holds_until = 'infinity'",
    ),
    *(
        till(f"{many} seats", "owner", ASK.format(many), state, THREE)
        for many, state in ((0, "PT400"), (1, ""), (10000, ""), (10001, "PT400"))
    ),
    till("fewer than are used", "owner", ASK.format(1), "PT409", seated(TWO)),
    till("as many as are used", "owner", ASK.format(2), before=seated(TWO)),
    till(
        "another number is another order",
        "owner",
        ASK.format(5),
        before=seated(HELD.format(4, "'infinity'")),
        then="select id <> 'b3333333-0000-4000-8000-000000000001' and quantity = 5 from private.seat_orders where org_id = '{firm}'",
    ),
    *(
        till(f"while the subscription is {status}", "owner", ASK.format(5), state, subscribed("seats", 3, status))
        for status, state in (("trialing", ""), ("past_due", "PT409"), ("paused", "PT409"), ("canceled", "PT409"))
    ),
    till("without a subscription", "owner", ASK.format(5), "PT409"),
    till("of a price that is not by seat", "owner", ASK.format(5), "PT409", subscribed()),
    till(
        "what a change kept is let go",
        "owner",
        "w <- release_hold('{firm}', 'b3333333-0000-4000-8000-000000000001')",
        before=seated(HELD.format(2, "now() + interval '5 minutes'")),
        then="select holds_until <= now() from private.seat_orders where org_id = '{firm}'",
    ),
    till(
        "what was asked for stays",
        "owner",
        "not w <- release_hold('{firm}', 'b3333333-0000-4000-8000-000000000001')",
        before=seated(HELD.format(2, "'infinity'")),
    ),
    till(
        "another hold stays",
        "owner",
        "not w <- release_hold('{firm}', 'b3333333-0000-4000-8000-000000000002')",
        before=seated(HELD.format(2, "now() + interval '5 minutes'")),
    ),
    till(
        "let go for another",
        "boss",
        "not w <- release_hold('{small}', 'b3333333-0000-4000-8000-000000000001')",
        before=seated(HELD.format(2, "now() + interval '5 minutes'")),
    ),
    till(
        "let go by who may not",
        "admin",
        "release_hold('{firm}', 'b3333333-0000-4000-8000-000000000001')",
        "PT403",
        THREE,
    ),
    till(
        "let go directly",
        "owner",
        "release_hold('{firm}', 'b3333333-0000-4000-8000-000000000001')",
        "PT403",
        THREE,
        function="",
    ),
]
TELLING = [
    job(
        "an order of seats",
        f"w ->> 'subscription' = 'sub_firm' and w ->> 'item' = 'si_1' and w ->> 'customer' = 'cus_1' and (w ->> 'quantity')::int = 2 and w ->> 'org_id' = '{{firm}}' and not (w ->> 'livemode')::boolean and w ->> 'order' = 'b3333333-0000-4000-8000-000000000001' <- {TOLD}",
        before=seated(ORDER),
    ),
    job("an order of seats, directly", TOLD, "PT403", seated(ORDER), function=""),
    job("another order's row", "w is null <- seat_order('b4444444-0000-4000-8000-000000000002')", before=seated(ORDER)),
    job(
        "an order of who has no subscription",
        f"w is null <- {TOLD}",
        before=f"{THREE}; {ORDER}; delete from subscriptions where org_id = '{{firm}}'",
    ),
    job("an order of who pays nothing by seat", f"w is null <- {TOLD}", before=subscribed(more=ORDER)),
    job(
        "an order beside a line that is not by seat",
        f"w ->> 'item' = 'si_1' <- {TOLD}",
        before=seated(
            f"insert into subscription_items (subscription_id, provider_id, price_id, current_period_start, current_period_end) values ('{IDS['subscription']}', 'si_0', '{IDS['plain']}', now(), now()); {ORDER}"
        ),
    ),
    job(
        "an order beside another's customer",
        f"w ->> 'customer' = 'cus_1' and w ->> 'item' = 'si_1' <- {TOLD}",
        before=f"{THREE}; {ORDER}; {subscribed('seats', 9, org='small')}; update subscription_items set provider_id = 'si_9' where subscription_id = '{IDS['other']}'; insert into private.seat_orders (org_id, subscription_id, quantity, holds_until) values ('{{small}}', '{IDS['other']}', 9, 'infinity'); insert into billing_customers (org_id, provider, livemode, provider_id) values ('{{firm}}', 'stripe', true, 'cus_live'), ('{{firm}}', 'polar', false, 'cus_polar'); update billing_customers set updated_at = now() where provider_id = 'cus_1'",
    ),
    job(
        "an order is settled",
        f"w <- {SETTLE.format('{firm}', 1)}",
        before=seated(ORDER),
        then="select holds_until <= now() from private.seat_orders where org_id = '{firm}'",
    ),
    job(
        "an order that another took the place of",
        f"not w <- {SETTLE.format('{firm}', 2)}",
        before=seated(ORDER),
        then="select holds_until = 'infinity' from private.seat_orders where org_id = '{firm}'",
    ),
    job("another organization's order", f"not w <- {SETTLE.format('{small}', 1)}", before=seated(ORDER)),
    job("settled directly", SETTLE.format("{firm}", 1), "PT403", seated(ORDER), function=""),
    job(
        "settled in the other mode, too", f"w <- {SETTLE.format('{firm}', 1)}", before=seated(f"{ORDER}; {OTHER_LIVE}")
    ),
]
STORIES = [*GIVING, *ORDERING, *TELLING]
