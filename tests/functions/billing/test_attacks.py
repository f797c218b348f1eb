"""What somebody may try, to have more than they pay for or to pay on for nothing; each of it was possible once."""

import json
from typing import Any

import pytest

from functions.billing import fetching, subscription
from tests.functions.billing.selling import Buyer, Counter
from tests.functions.billing.test_reconciling import do
from tests.shared.asgi import JSON_TYPE, Answer, ask

PREVIEW, CHANGE, SEATS = "/billing/subscription/preview", "/billing/subscription/change", "/billing/subscription/seats"


def customer(counter: Counter, buyer: Buyer) -> str:
    return str(counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org))


def at_provider(counter: Counter, buyer: Buyer) -> list[tuple[str, int]]:
    """Return the status and the quantity of each subscription at the provider."""
    found = counter.shop.v1.subscriptions.list({"customer": customer(counter, buyer)}).data
    return [(each.status, each.items.data[0].quantity or 0) for each in found]


def paid(counter: Counter, buyer: Buyer) -> int:
    listed = counter.shop.v1.invoices.list({"customer": customer(counter, buyer), "limit": 100}).data
    return sum(each.amount_paid for each in listed)


def token(counter: Counter, buyer: Buyer, lookup: str, **more: Any) -> str:
    answer = counter.post(PREVIEW, buyer, lookupKey=lookup, **more)
    assert answer.status == 200, answer.body
    return str(answer.json()["data"]["token"])


def change(counter: Counter, buyer: Buyer, token: str) -> Answer:
    return counter.ask(subscription.app, "POST", CHANGE, buyer.person, {"token": token})


def work_until_dead(counter: Counter) -> None:
    for _ in range(14):
        counter.world.run("update private.jobs set run_at = now(), token = null where status = 'waiting'")
        counter.shop.work()


def test_an_order_of_seats_that_is_not_told_yet_keeps_the_plan_from_changing(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=3)
    shown = token(counter, buyer, "shop_pro")
    assert counter.post(SEATS, buyer, quantity=4).status == 200
    assert change(counter, buyer, shown).status == 409
    counter.shop.settle()
    assert at_provider(counter, buyer) == [("active", 4)]
    # What it would cost is another amount by now.
    assert change(counter, buyer, shown).status == 409
    assert change(counter, buyer, token(counter, buyer, "shop_pro")).status == 200
    assert at_provider(counter, buyer) == [("active", 1)]


def test_a_change_of_plan_keeps_seats_from_being_ordered_until_it_has_ended(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=3)
    counter.world.run(
        "insert into private.seat_orders (org_id, subscription_id, quantity, holds_until)"
        " select org_id, id, 0, now() + interval '5 minutes' from subscriptions where org_id = %s",
        buyer.org,
    )
    assert counter.post(SEATS, buyer, quantity=4).status == 409
    counter.world.run("update private.seat_orders set holds_until = now() where org_id = %s", buyer.org)
    assert counter.post(SEATS, buyer, quantity=4).status == 200


def test_of_two_changes_at_once_one_is_made(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=3)
    first, second = (token(counter, buyer, "shop_team", quantity=quantity) for quantity in (9, 5))
    answers: list[int] = []
    whole = counter.shop.double.api.answer

    def answer_and_meanwhile(question: Any) -> Any:
        if question.path.startswith("/v1/subscriptions/") and question.method == "POST" and not answers:
            answers.append(0)
            answers[0] = change(counter, buyer, second).status
        return whole(question)

    monkeypatch.setattr(counter.shop.double.api, "answer", answer_and_meanwhile)
    assert change(counter, buyer, first).status == 200
    assert answers == [409]
    assert at_provider(counter, buyer) == [("active", 9)]


def test_seats_are_had_when_they_are_paid(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=1)
    assert counter.post(SEATS, buyer, quantity=500).status == 200
    counter.shop.settle()
    seats = counter.get("/billing/seats", buyer.person, orgId=buyer.org).json()["data"]
    assert (seats["bought"], seats["ordered"], paid(counter, buyer)) == (500, None, 500 * 500)


def test_seats_that_are_not_paid_are_not_had(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=1)
    counter.shop.double.behave(customer(counter, buyer), "fails_later")
    assert counter.post(SEATS, buyer, quantity=500).status == 200
    counter.shop.settle()
    seats = counter.get("/billing/seats", buyer.person, orgId=buyer.org).json()["data"]
    assert (seats["bought"], seats["ordered"], paid(counter, buyer)) == (1, None, 500)


def test_an_order_ends_with_its_subscription(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=3)
    assert counter.post(SEATS, buyer, quantity=1).status == 200
    counter.shop.v1.subscriptions.cancel(str(counter.seen(buyer)["providerId"]))
    counter.shop.settle()
    counter.buy(buyer, "shop_team", quantity=10)
    for _ in range(2):
        person = counter.world.member(buyer.org, "member")
        assert counter.post("/billing/seats", buyer, userId=str(person.id)).status == 200
    work_until_dead(counter)
    assert at_provider(counter, buyer) == [("active", 10)]


def test_an_order_that_is_given_up_binds_nobody(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_team", quantity=9)
    assert counter.post(SEATS, buyer, quantity=2).status == 200
    counter.shop.double.faults.add("403", times=1000, path="/v1/subscription_items")
    work_until_dead(counter)
    seats = counter.get("/billing/seats", buyer.person, orgId=buyer.org).json()["data"]
    assert (seats["bought"], seats["ordered"]) == (9, None)


def test_a_fetch_that_fails_makes_no_second_subscription(counter: Counter) -> None:
    buyer = counter.buyer()
    first = counter.begin(buyer, "shop_trial").json()["data"]["sessionId"]
    counter.shop.double.pay(first)
    counter.shop.double.faults.add("500", times=3, method="GET", path="/v1/subscriptions")
    assert counter.begin(buyer, "shop_trial").status == 502
    assert counter.begin(buyer, "shop_trial").status == 409
    assert at_provider(counter, buyer) == [("trialing", 1)]


def test_a_trial_of_one_plan_is_no_trial_of_another(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_trial")
    shown = counter.post(PREVIEW, buyer, lookupKey="shop_enterprise").json()["data"]
    assert shown["amountDue"] == 10000
    answer = change(counter, buyer, shown["token"])
    assert answer.status == 200, answer.body
    assert (counter.seen(buyer)["plan"], counter.seen(buyer)["status"]) == ("enterprise", "active")
    assert paid(counter, buyer) == 10000


def test_a_trial_goes_on_where_the_next_plan_is_not_paid(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer, "shop_trial")
    shown = token(counter, buyer, "shop_enterprise")
    counter.shop.double.behave(customer(counter, buyer), "fails_later")
    assert change(counter, buyer, shown).status == 402
    assert (counter.seen(buyer)["plan"], counter.seen(buyer)["status"]) == ("pro", "trialing")


def test_who_is_gone_is_ended_in_the_end(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    gone = customer(counter, buyer)
    counter.world.run("delete from organizations where id = %s", buyer.org)
    counter.shop.double.faults.add("403", times=1000, method="DELETE", path="/v1/customers")
    work_until_dead(counter)
    # An hour after its organization is.
    counter.world.run("update private.jobs set created_at = now() - interval '61 minutes' where kind ~ 'end_customer'")
    found = "select count(*) from private.billing_violations() where kind = 'customer_not_ended' and subject = %s"
    assert counter.world.value(found, gone) == 1
    counter.shop.double.faults.waiting.clear()
    do(counter.shop, "billing.check")
    counter.shop.work()
    assert counter.shop.double.account.store.get("customer", gone)["deleted"]
    assert counter.world.value(found, gone) == 0


def test_canceling_again_asks_the_provider(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    assert counter.post("/billing/subscription/cancel", buyer).status == 200
    held = str(counter.seen(buyer)["providerId"])
    # Renewed in the portal, and its event is late.
    counter.shop.v1.subscriptions.update(held, {"cancel_at_period_end": False})
    assert counter.post("/billing/subscription/cancel", buyer).status == 200
    assert counter.shop.v1.subscriptions.retrieve(held).cancel_at_period_end is True


def test_canceling_means_canceling_whatever_a_client_calls_its_request(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    for act in ("cancel", "undo-cancel", "cancel"):
        known = ("Authorization", f"Bearer {counter.world.sign(buyer.person.claims())}")
        asked = [known, JSON_TYPE, ("X-Request-Id", "session-1234")]
        body = json.dumps({"orgId": str(buyer.org)}).encode()
        answer = ask(subscription.app, "POST", f"/billing/subscription/{act}", asked, body)
        assert answer.status == 200, answer.body
    held = str(counter.seen(buyer)["providerId"])
    assert counter.shop.v1.subscriptions.retrieve(held).cancel_at_period_end is True


def test_an_end_that_was_named_by_its_moment_is_undone(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    held = str(counter.seen(buyer)["providerId"])
    ends = counter.shop.v1.subscriptions.retrieve(held).items.data[0].current_period_end
    counter.shop.v1.subscriptions.update(held, {"cancel_at": ends})
    counter.shop.settle()
    assert counter.seen(buyer)["cancelAt"] is not None
    assert counter.post("/billing/subscription/undo-cancel", buyer).status == 200
    assert counter.shop.v1.subscriptions.retrieve(held).cancel_at is None


def test_a_list_that_was_fetched_before_ends_no_price_that_was_put_up_since(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = fetching.fetch_catalog

    def fetched(*asked: Any, **more: Any) -> Any:
        told = fetch(*asked, **more)
        counter.sell("shop_new", "pro", 3000)
        return told

    monkeypatch.setattr(fetching, "fetch_catalog", fetched)
    do(counter.shop, "billing.refresh_catalog")
    assert counter.begin(counter.buyer(), "shop_new").status == 200


def test_a_session_of_another_account_keeps_nobody_from_buying(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    counter.world.run("update billing_customers set provider_id = 'cus_of_another' where org_id = %s", buyer.org)
    counter.world.run(
        "update private.checkouts set session_ref = 'cs_test_of_another', status = 'open' where org_id = %s", buyer.org
    )
    assert counter.begin(buyer).status == 409
    unknown = "update billing_customers set unknown_since = now() - interval '1 day', unknown_at = {} where org_id = %s"
    # Once, it may be our key that is wrong: who pays keeps what they pay for, and is not sold it again.
    counter.world.run(unknown.format("now() - interval '1 day'"), buyer.org)
    assert counter.begin(buyer).status == 409
    assert counter.world.value("select private.plan_of(%s)", buyer.org) == "pro"
    counter.world.run(unknown.format("now()"), buyer.org)
    assert counter.begin(buyer).status == 200


def test_who_is_known_under_another_account_and_has_nothing_yet_buys_at_once(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.begin(buyer)
    counter.world.run("update billing_customers set provider_id = 'cus_of_another' where org_id = %s", buyer.org)
    # Whom the provider does not know is nothing that the caller could have asked for otherwise.
    assert counter.begin(buyer).status == 502
    assert counter.post("/billing/portal", buyer).status == 502
    assert counter.post("/billing/checkout/confirm", buyer).status == 502
    do(counter.shop, "billing.compare")
    assert counter.begin(buyer).status == 200


def test_grace_begins_when_the_payment_failed_and_not_when_we_heard_of_it(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    counter.shop.double.behave(customer(counter, buyer), "fails_later")
    counter.shop.double.advance(days=32)
    counter.shop.settle()
    world = counter.world
    # As if all of it had been ten days ago, and the events lost.
    world.run("update invoices set issued_at = now() - interval '10 days' where org_id = %s", buyer.org)
    world.run("update subscriptions set past_due_since = now() where org_id = %s", buyer.org)
    world.run("select private.date_past_due(c) from billing_customers as c where org_id = %s", buyer.org)
    assert world.value("select private.plan_of(%s)", buyer.org) == "free"
