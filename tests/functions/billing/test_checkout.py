from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.billing import checkout, subscription
from tests.functions.billing.selling import Counter

APP = "http://127.0.0.1:3000"


def test_nobody_begins_a_checkout_without_credentials(counter: Counter) -> None:
    assert counter.ask(checkout.app, "POST", "/billing/checkout", None, {"lookupKey": "shop_pro"}).status == 401


def test_what_is_paid_at_the_page_is_what_the_subscription_shows(counter: Counter) -> None:
    buyer = counter.buyer()
    answer = counter.begin(buyer, successPath="/billing?paid=yes", cancelPath="/pricing")
    assert answer.status == 200, answer.body
    offered = answer.json()["data"]
    session = counter.shop.v1.checkout.sessions.retrieve(offered["sessionId"])
    assert offered["url"] == session.url
    assert (session.client_reference_id, session.allow_promotion_codes) == (str(buyer.org), True)
    assert session.metadata
    assert session.metadata["org_id"] == str(buyer.org)
    assert session.success_url == f"{APP}/billing?paid=yes"
    assert session.cancel_url == f"{APP}/pricing"
    assert counter.seen(buyer) is None
    counter.shop.double.pay(offered["sessionId"])
    counter.shop.settle()
    seen = counter.seen(buyer)
    assert (seen["status"], seen["plan"], seen["lookupKey"], seen["amount"]) == ("active", "pro", "shop_pro", 2000)
    bought = counter.shop.v1.subscriptions.retrieve(seen["providerId"])
    assert bought.metadata["org_id"] == str(buyer.org)
    assert counter.shop.world.value("select private.plan_of(%s)", buyer.org) == "pro"


def test_the_documents_names_lead_to_the_same(counter: Counter) -> None:
    buyer = counter.buyer()
    body = {"priceId": counter.shop.prices["shop_pro"], "orgId": str(buyer.org)}
    assert counter.ask(checkout.app, "POST", "/billing_enhanced-checkout-session", buyer.person, body).status == 200
    path = "/billing_enhanced-get-subscription"
    answer = counter.ask(subscription.app, "GET", path, buyer.person, query=f"orgId={buyer.org}")
    assert (answer.json()["data"]["subscription"], answer.json()["data"]["cached"]) == (None, True)


def test_the_page_that_a_buyer_returns_to_need_not_wait_for_a_webhook(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.shop.double.pay(counter.begin(buyer).json()["data"]["sessionId"])
    confirmed = counter.post("/billing/checkout/confirm", buyer)
    assert confirmed.json()["data"]["subscription"]["status"] == "active"
    counter.shop.settle()
    assert counter.shop.world.value("select count(*) from subscriptions where org_id = %s", buyer.org) == 1


def test_a_session_in_the_address_is_nothing_that_confirming_takes(counter: Counter) -> None:
    buyer, other = counter.buyer(), counter.buyer()
    session = counter.begin(buyer).json()["data"]["sessionId"]
    counter.shop.double.pay(session)
    assert counter.post("/billing/checkout/confirm", other, sessionId=session).status == 400
    assert counter.post("/billing/checkout/confirm", other).json()["data"]["subscription"] is None


def test_a_webhook_and_the_buyer_s_return_at_once_end_in_one_subscription(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.shop.double.pay(counter.begin(buyer).json()["data"]["sessionId"])
    with ThreadPoolExecutor(4) as pool:
        returns = [pool.submit(counter.post, "/billing/checkout/confirm", buyer) for _ in range(3)]
        counter.shop.settle()
    assert {each.result().status for each in returns} == {200}
    assert counter.shop.world.value("select count(*) from subscriptions where org_id = %s", buyer.org) == 1
    assert counter.seen(buyer)["status"] == "active"


def test_a_second_subscription_is_refused_with_the_way_to_the_portal(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    answer = counter.begin(buyer, "shop_enterprise")
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert "/billing/portal" in answer.message


def test_one_that_was_paid_unheard_of_is_found_before_another_begins(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.shop.double.pay(counter.begin(buyer).json()["data"]["sessionId"])
    # No webhook came.
    assert counter.begin(buyer, "shop_enterprise").status == 409
    assert counter.seen(buyer)["lookupKey"] == "shop_pro"


def test_of_two_tabs_only_the_later_can_be_paid(counter: Counter) -> None:
    buyer = counter.buyer()
    first = counter.begin(buyer).json()["data"]["sessionId"]
    second = counter.begin(buyer, "shop_enterprise").json()["data"]["sessionId"]
    assert [each["id"] for each in counter.sessions()] == [second]
    assert [each["id"] for each in counter.sessions("expired")] == [first]


def test_who_subscribed_and_left_can_come_back(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    counter.shop.v1.subscriptions.cancel(counter.seen(buyer)["providerId"])
    counter.shop.settle()
    counter.buy(buyer, "shop_enterprise")
    assert counter.seen(buyer)["lookupKey"] == "shop_enterprise"


def test_a_customer_who_was_deleted_at_the_provider_gets_a_new_one(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    former = counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)
    counter.shop.v1.customers.delete(former)
    counter.shop.settle()
    counter.buy(buyer)
    named = counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)
    assert named != former
    assert counter.seen(buyer)["status"] == "active"


@pytest.mark.parametrize(
    "body",
    [
        {"priceId": "price_of_somebody_else"},
        {"lookupKey": "nothing"},
        {"lookupKey": "shop_pro", "priceId": "price_1"},
        {},
        {"lookupKey": "shop_pro", "quantity": 2},
        {"lookupKey": "shop_pro", "quantity": 0},
        {"lookupKey": "shop_team", "quantity": 10001},
        {"lookupKey": "shop_pro", "customer": "cus_1"},
    ],
)
def test_only_what_the_catalog_sells_is_sold(counter: Counter, body: dict[str, Any]) -> None:
    buyer = counter.buyer()
    answer = counter.post("/billing/checkout", buyer, **body)
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert counter.customers() == []


def test_a_price_that_stripe_sells_and_our_catalog_does_not_is_refused(counter: Counter) -> None:
    buyer = counter.buyer()
    assert counter.post("/billing/checkout", buyer, priceId=counter.shop.prices["pro"]).status == 400


def test_somebody_else_s_organization_is_not_found_and_a_member_may_not_buy(counter: Counter) -> None:
    buyer, stranger = counter.buyer(), counter.world.person()
    body = {"lookupKey": "shop_pro", "orgId": str(buyer.org)}
    assert counter.ask(checkout.app, "POST", "/billing/checkout", stranger, body).status == 404
    for role in ("member", "admin"):
        member = counter.world.member(buyer.org, role)
        assert counter.ask(checkout.app, "POST", "/billing/checkout", member, body).status == 403
    accountant = counter.world.member(buyer.org, "billing")
    assert counter.ask(checkout.app, "POST", "/billing/checkout", accountant, body).status == 200
