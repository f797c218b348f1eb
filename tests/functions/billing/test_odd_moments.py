"""What was so for a moment, a wrong key above all, and what must not be left of it."""

import json
import time
from typing import Any

import pytest

from dev.stripe.double import Double
from functions.billing import fetching, payments, signatures, subscription, webhooks
from tests.functions.billing.selling import Counter
from tests.functions.billing.shop import PATH, SECRET
from tests.functions.billing.test_attacks import SEATS, at_provider, customer, token
from tests.functions.billing.test_reconciling import do
from tests.functions.billing.wire import Wired
from tests.shared.asgi import JSON_TYPE, ask


def test_who_is_deleted_while_the_key_is_wrong_is_ended_in_the_end(counter: Counter, socket_of_stripe: Wired) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    gone = customer(counter, buyer)
    socket_of_stripe.put(Double(checks=True))
    counter.world.run("delete from organizations where id = %s", buyer.org)
    counter.shop.work()
    ending = "select array_agg(status) from private.jobs where kind = 'billing.end_customer'"
    assert counter.world.value(ending) == ["waiting"]
    socket_of_stripe.put(counter.shop.double)
    counter.world.run("update private.jobs set run_at = now() where kind = 'billing.end_customer'")
    counter.shop.work()
    assert counter.shop.v1.customers.retrieve(gone).deleted
    assert counter.world.value(ending) == ["done"]


def test_of_two_sessions_one_can_be_paid_whatever_the_key_was_meanwhile(
    counter: Counter, socket_of_stripe: Wired
) -> None:
    buyer = counter.buyer()
    first = counter.begin(buyer).json()["data"]["sessionId"]
    socket_of_stripe.put(Double(checks=True))
    assert counter.begin(buyer).status == 502
    socket_of_stripe.put(counter.shop.double)
    second = counter.begin(buyer).json()["data"]["sessionId"]
    sessions = counter.shop.v1.checkout.sessions
    assert [sessions.retrieve(each).status for each in (first, second)] == ["expired", "open"]


def test_one_wrong_answer_a_day_ago_is_no_day_of_being_unknown(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)

    def unknown(*_: Any, **__: Any) -> None:
        raise payments.Missing(cause="No such customer")

    def compare() -> None:
        counter.world.run("update billing_customers set compared_at = case when org_id <> %s then now() end", buyer.org)
        with monkeypatch.context() as wrong:
            wrong.setattr(fetching, "fetch", unknown)
            do(counter.shop, "billing.compare")

    compare()
    counter.world.run(
        "update billing_customers set unknown_since = unknown_since - interval '1 day',"
        " unknown_at = unknown_at - interval '1 day' where org_id = %s",
        buyer.org,
    )
    assert counter.begin(buyer).status == 409
    assert counter.post("/billing/subscription/cancel", buyer).status == 200
    # It was right meanwhile: the mirror of a cancel knows them again. Unknown in two comparisons, they are lost.
    compare()
    assert counter.begin(buyer).status == 409
    counter.world.run(
        "update billing_customers set unknown_since = unknown_since - interval '1 day' where org_id = %s", buyer.org
    )
    compare()
    assert counter.post("/billing/subscription/cancel", buyer).status == 404


def test_who_first_came_while_the_key_was_wrong_can_buy_when_it_is_right(
    counter: Counter, socket_of_stripe: Wired
) -> None:
    buyer = counter.buyer()
    socket_of_stripe.put(Double(checks=True))
    assert counter.begin(buyer).status == 502
    socket_of_stripe.put(counter.shop.double)
    counter.world.run("update billing_customers set compared_at = now() where org_id <> %s", buyer.org)
    do(counter.shop, "billing.compare")
    assert counter.begin(buyer).status == 200


def test_an_order_made_while_an_earlier_one_is_given_up_is_told(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=9)
    assert counter.post(SEATS, buyer, quantity=8).status == 200
    first = counter.world.value("select max(id) from private.jobs where kind = 'billing.push_seats'")
    counter.shop.double.faults.add("403", times=1000, path="/v1/subscription_items")
    counter.world.run("update private.jobs set attempts = max_attempts - 1 where id = %s", first)
    assert counter.post(SEATS, buyer, quantity=7).status == 200
    later = "update private.jobs set run_at = now() + interval '1 hour' where kind = 'billing.push_seats' and id <> %s"
    counter.world.run(later, first)
    counter.shop.work()
    assert counter.world.value("select status from private.jobs where id = %s", first) == "dead"
    counter.shop.double.faults.waiting.clear()
    counter.world.run("update private.jobs set run_at = now(), token = null where status = 'waiting'")
    counter.shop.work()
    assert at_provider(counter, buyer) == [("active", 7)]


def test_one_odd_product_keeps_no_other_from_ending(counter: Counter) -> None:
    v1, odd = counter.shop.v1, counter.shop.products[0]
    v1.products.update(odd, {"description": "x" * 1001})
    v1.prices.create(
        {
            "product": odd,
            "currency": "usd",
            "unit_amount": 100,
            "recurring": {"interval": "day", "interval_count": 1095},
        }
    )
    ended = counter.shop.prices["shop_enterprise"]
    v1.prices.update(ended, {"active": False})
    do(counter.shop, "billing.refresh_catalog")
    assert counter.world.value("select sellable from prices where provider_id = %s", ended) is False
    assert counter.world.run("delete from prices where interval_count = 1095") == 1


def test_events_of_an_organization_that_is_gone_wait_for_nobody(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    counter.shop.v1.customers.update(customer(counter, buyer), {"description": "x"})
    counter.shop.deliver()
    counter.world.run("delete from organizations where id = %s", buyer.org)
    counter.shop.settle()
    assert counter.world.value("select count(*) from private.webhook_events where status = 'waiting'") == 0


def test_a_key_that_is_known_tells_nothing_to_who_is_a_member_no_more(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    known = [
        ("Authorization", f"Bearer {counter.world.sign(buyer.person.claims())}"),
        JSON_TYPE,
        ("Idempotency-Key", "once-upon-a-time-0001"),
    ]
    body = json.dumps({"token": token(counter, buyer, "shop_enterprise")}).encode()

    def change() -> int:
        return ask(subscription.app, "POST", "/billing/subscription/change", known, body).status

    assert [change(), change()] == [200, 200]
    counter.world.run("delete from memberships where org_id = %s and user_id = %s", buyer.org, buyer.person.id)
    assert change() in {403, 404}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "evt_\ud800"},
        {"type": "customer.\0updated"},
        {"api_version": "\ud800"},
        {"data": {"object": {"object": ["x"], "id": "cus_1"}}},
        {"data": {"object": {"object": "customer", "id": "cus_\udfff"}}},
        {"object": "v2.core.event", "created": "2026-11-21T00:00:00Z", "related_object": {"type": {}, "id": "x"}},
    ],
)
def test_an_event_of_an_odd_shape_is_no_fault_of_ours(counter: Counter, change: dict[str, Any]) -> None:
    del counter
    event = {"id": f"evt_{time.perf_counter_ns()}", "object": "event", "livemode": False, "type": "customer.updated"}
    event |= {"created": int(time.time()), "data": {"object": {"object": "customer", "id": "cus_1"}}} | change
    raw, moment = json.dumps(event).encode(), str(int(time.time()))
    signed = f"t={moment},v1={signatures.sign(raw, moment, SECRET)}"
    assert ask(webhooks.app, "POST", PATH, [("Stripe-Signature", signed), JSON_TYPE], raw).status in {200, 400}


def test_a_product_that_ended_since_is_not_changed_to(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    shown = token(counter, buyer, "shop_enterprise")
    counter.world.run("update products set active = false where provider_id = %s", counter.shop.products[1])
    changed = counter.ask(subscription.app, "POST", "/billing/subscription/change", buyer.person, {"token": shown})
    assert changed.status == 409
