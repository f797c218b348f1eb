from typing import Any

import pytest

from functions.billing import subscription
from tests.functions.billing.selling import Buyer, Counter

PREVIEW, CHANGE = "/billing/subscription/preview", "/billing/subscription/change"


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    made = counter.buyer()
    counter.buy(made)
    return made


def shown(counter: Counter, buyer: Buyer, lookup: str = "shop_enterprise", **body: Any) -> Any:
    answer = counter.post(PREVIEW, buyer, lookupKey=lookup, **body)
    assert answer.status == 200, answer.body
    return answer.json()["data"]


def changed(counter: Counter, buyer: Buyer, token: str) -> Any:
    return counter.ask(subscription.app, "POST", CHANGE, buyer.person, {"token": token})


def test_what_was_shown_is_what_is_charged(counter: Counter, buyer: Buyer) -> None:
    counter.shop.double.advance(days=10)
    counter.shop.settle()
    preview = shown(counter, buyer)
    assert 0 < preview["amountDue"] < 10000
    assert sum(line["amount"] for line in preview["lines"]) == preview["total"]
    # Time goes on between the two, and the amount does not.
    counter.shop.double.advance(seconds=300)
    answer = changed(counter, buyer, preview["token"])
    assert answer.status == 200, answer.body
    assert answer.json()["data"]["subscription"]["plan"] == "enterprise"
    assert counter.shop.world.value("select private.plan_of(%s)", buyer.org) == "enterprise"
    newest = counter.shop.v1.invoices.list({"limit": 1}).data[0]
    assert (newest.amount_due, newest.status) == (preview["amountDue"], "paid")


def test_a_preview_changes_nothing_and_is_used_once(counter: Counter, buyer: Buyer) -> None:
    token = shown(counter, buyer)["token"]
    assert counter.seen(buyer)["plan"] == "pro"
    assert changed(counter, buyer, token).status == 200
    again = changed(counter, buyer, token)
    assert (again.status, again.code) == (409, "CONFLICT")


def test_a_preview_is_good_for_ten_minutes(counter: Counter, buyer: Buyer) -> None:
    token = shown(counter, buyer)["token"]
    counter.world.run("update private.plan_previews set expires_at = now() where org_id = %s", buyer.org)
    assert changed(counter, buyer, token).status == 409


def test_a_preview_of_what_has_changed_since_is_refused(counter: Counter, buyer: Buyer) -> None:
    token, other = shown(counter, buyer)["token"], shown(counter, buyer, "shop_trial")["token"]
    assert changed(counter, buyer, other).status == 200
    answer = changed(counter, buyer, token)
    assert answer.status == 409
    assert counter.seen(buyer)["lookupKey"] == "shop_trial"


def test_nobody_uses_what_another_organization_was_shown(counter: Counter, buyer: Buyer) -> None:
    token = shown(counter, buyer)["token"]
    other = counter.buyer()
    counter.buy(other)
    assert changed(counter, other, token).status == 404
    assert changed(counter, buyer, "x" * 43).status == 404


def test_who_does_not_pay_for_more_gets_no_more(counter: Counter, buyer: Buyer) -> None:
    counter.shop.double.advance(days=10)
    counter.shop.settle()
    token = shown(counter, buyer)["token"]
    customer = counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)
    counter.shop.double.behave(customer, "fails_later")
    answer = changed(counter, buyer, token)
    assert (answer.status, answer.code) == (402, "PAYMENT_REQUIRED")
    assert "/billing/invoices" in answer.message
    assert counter.seen(buyer)["plan"] == "pro"
    counter.shop.settle()
    assert counter.shop.world.value("select private.plan_of(%s)", buyer.org) == "pro"
    # What they have is paid, and goes on.
    assert counter.seen(buyer)["status"] == "active"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lookupKey": "shop_pro"}, 409),
        ({"lookupKey": "nothing"}, 400),
        ({"lookupKey": "shop_enterprise", "quantity": 3}, 400),
    ],
)
def test_what_cannot_be_had_is_refused(counter: Counter, buyer: Buyer, body: dict[str, Any], status: int) -> None:
    assert counter.post(PREVIEW, buyer, **body).status == status


def test_without_a_subscription_nothing_can_be_changed(counter: Counter) -> None:
    answer = counter.post(PREVIEW, counter.buyer(), lookupKey="shop_pro")
    assert answer.status == 409
    assert "/billing/checkout" in answer.message


def test_only_who_pays_may_see_and_change(counter: Counter, buyer: Buyer) -> None:
    admin, stranger = counter.world.member(buyer.org, "admin"), counter.world.person()
    body = {"lookupKey": "shop_enterprise", "orgId": str(buyer.org)}
    assert counter.ask(subscription.app, "POST", PREVIEW, admin, body).status == 403
    assert counter.ask(subscription.app, "POST", PREVIEW, stranger, body).status == 404
    token = shown(counter, buyer)["token"]
    assert counter.ask(subscription.app, "POST", CHANGE, admin, {"token": token}).status == 404
