"""Checkout: what a buyer does, and what comes of it."""

import pytest
import stripe

from dev.stripe import checkout_visits
from dev.stripe.clock import DAY
from dev.stripe.refusal import Refused
from tests.dev.stripe.shop import Shop


def test_the_subscription_exists_only_after_the_payment(shop: Shop) -> None:
    session = shop.checkout(shop.customer(None), metadata={"org": "1"}, client_reference_id="org-1")
    assert (session.status, session.payment_status, session.subscription) == ("open", "unpaid", None)
    assert session.url.endswith(f"/c/pay/{session.id}")
    assert shop.v1.subscriptions.list().data == []
    shop.double.pay(session.id)
    paid = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice", "line_items"]})
    assert (paid.status, paid.payment_status, paid.amount_total, paid.url) == ("complete", "paid", 2000, None)
    assert (paid.subscription.status, paid.invoice.status) == ("active", "paid")
    assert paid.line_items.data[0].price.id == shop.monthly
    assert shop.kinds()[-1] == "checkout.session.completed"


def test_a_declined_card_leaves_the_session_open(shop: Shop) -> None:
    session = shop.checkout(shop.customer(None))
    with pytest.raises(Refused, match="declined"):
        shop.double.pay(session.id, "declined")
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.v1.subscriptions.list().data == []
    shop.double.pay(session.id)
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_3d_secure_can_be_refused_and_tried_again(shop: Shop) -> None:
    session = shop.checkout(shop.customer(None))
    assert shop.double.pay(session.id, "3ds")["status"] == "open"
    with pytest.raises(Refused):
        shop.double.confirm(session.id, agreed=False)
    shop.double.pay(session.id, "3ds")
    assert shop.double.confirm(session.id)["payment_status"] == "paid"


@pytest.mark.parametrize(("came", "kind"), [(True, "async_payment_succeeded"), (False, "async_payment_failed")])
def test_slow_money_is_told_of_twice(shop: Shop, came: bool, kind: str) -> None:
    one_time = shop.v1.prices.create({"product": shop.product, "unit_amount": 900, "currency": "eur"}).id
    session = shop.checkout(mode="payment", line_items=[{"price": one_time, "quantity": 2}])
    complete = shop.double.pay(session.id, "async")
    assert (complete["status"], complete["payment_status"], complete["amount_total"]) == ("complete", "unpaid", 1800)
    shop.double.settle(complete["payment_intent"], paid=came)
    assert shop.kinds()[-1] == f"checkout.session.{kind}"
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_status == ("paid" if came else "unpaid")


def test_slow_money_for_a_subscription_settles_its_session_too(shop: Shop) -> None:
    complete = shop.double.pay(shop.checkout(shop.customer(None)).id, "async")
    assert shop.status(complete["subscription"]) == "active"
    intent = shop.v1.payment_intents.list({"customer": complete["customer"]}).data[0].id
    shop.double.settle(intent)
    assert "checkout.session.async_payment_succeeded" in shop.kinds()
    assert shop.v1.invoices.retrieve(complete["invoice"]).status == "paid"


def test_a_session_expires_by_itself_and_by_request(shop: Shop) -> None:
    customer = shop.customer(None)
    left, sent_away = shop.checkout(customer), shop.checkout(customer)
    assert shop.v1.checkout.sessions.expire(sent_away.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.checkout.sessions.expire(sent_away.id)
    with pytest.raises(Refused):
        shop.double.pay(sent_away.id)
    shop.double.advance(seconds=DAY)
    assert shop.v1.checkout.sessions.retrieve(left.id).status == "expired"
    assert shop.kinds().count("checkout.session.expired") == 2


def test_a_promotion_code_takes_its_part_off_once(shop: Shop) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "once"}).id
    code = {"promotion": {"type": "coupon", "coupon": coupon}, "code": "SPRING", "max_redemptions": 1}
    shop.v1.promotion_codes.create(code)
    customer = shop.customer(None)
    session = shop.checkout(customer, allow_promotion_codes=True)
    with pytest.raises(Refused):
        checkout_visits.enter_code(shop.double.account, session.id, "AUTUMN")
    checkout_visits.enter_code(shop.double.account, session.id, "spring")
    assert shop.double.pay(session.id)["amount_total"] == 1500
    shop.double.advance(days=31)
    assert [each.total for each in shop.v1.invoices.list({"customer": customer}).data] == [2000, 1500]
    assert shop.v1.promotion_codes.list({"code": "SPRING"}).data[0].active is False


def test_a_coupon_for_three_months_counts_three_times(shop: Shop) -> None:
    shop.v1.coupons.create({"id": "half", "percent_off": 50, "duration": "repeating", "duration_in_months": 3})
    customer = shop.customer()
    shop.subscribe(customer, discounts=[{"coupon": "half"}])
    shop.double.advance(days=125)
    assert [each.total for each in shop.v1.invoices.list({"customer": customer}).data][::-1] == [1000] * 3 + [2000] * 2


def test_a_free_checkout_needs_no_payment(shop: Shop) -> None:
    shop.v1.coupons.create({"id": "free", "percent_off": 100, "duration": "forever"})
    session = shop.checkout(shop.customer(None), discounts=[{"coupon": "free"}])
    paid = shop.double.pay(session.id)
    assert (paid["payment_status"], paid["amount_total"]) == ("no_payment_required", 0)
    assert shop.status(paid["subscription"]) == "active"


def test_a_quantity_can_be_changed_within_its_range(shop: Shop) -> None:
    adjustable = {"enabled": True, "minimum": 1, "maximum": 5}
    lines = [{"price": shop.monthly, "quantity": 1, "adjustable_quantity": adjustable}]
    session = shop.checkout(shop.customer(None), line_items=lines)
    [line] = shop.v1.checkout.sessions.line_items.list(session.id).data
    with pytest.raises(Refused):
        checkout_visits.set_quantity(shop.double.account, session.id, line.id, 6)
    checkout_visits.set_quantity(shop.double.account, session.id, line.id, 3)
    subscription = shop.double.pay(session.id)["subscription"]
    assert shop.v1.subscriptions.retrieve(subscription)["items"].data[0].quantity == 3


def test_a_buyer_without_a_customer_becomes_one(shop: Shop) -> None:
    paid = shop.double.pay(shop.checkout(customer_email="new@example.com").id)
    assert shop.v1.customers.retrieve(paid["customer"]).email == "new@example.com"


def test_a_card_that_fails_when_charged_starts_a_trial_all_the_same(shop: Shop) -> None:
    session = shop.checkout(shop.customer(None), subscription_data={"trial_period_days": 3})
    paid = shop.double.pay(session.id, "fails_later")
    assert shop.status(paid["subscription"]) == "trialing"
    shop.double.advance(days=4)
    assert shop.status(paid["subscription"]) == "past_due"
