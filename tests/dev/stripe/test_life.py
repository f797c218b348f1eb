"""Whole lives of subscriptions, seen through the real SDK."""

import pytest
import stripe

from dev.stripe.account import Settings
from dev.stripe.clock import DAY
from dev.stripe.double import Double
from tests.dev.stripe.shop import NOW, Shop, open_shop


def test_a_subscription_lives_from_trial_to_dispute(shop: Shop) -> None:
    customer = shop.customer(None)
    session = shop.checkout(customer, subscription_data={"trial_period_days": 14, "metadata": {"org": "1"}})
    paid = shop.double.pay(session.id)
    assert (paid["status"], paid["payment_status"]) == ("complete", "no_payment_required")
    subscription = shop.v1.subscriptions.retrieve(paid["subscription"])
    assert (subscription.status, subscription.trial_end) == ("trialing", NOW + 14 * DAY)

    shop.double.advance(days=12)
    assert shop.last("customer.subscription.trial_will_end")["created"] == NOW + 11 * DAY
    shop.double.advance(days=3)
    assert shop.status(subscription.id) == "active"
    assert shop.last("invoice.paid")["data"]["object"]["amount_paid"] == 2000

    shop.double.behave(customer, "insufficient")
    shop.double.advance(days=31)
    assert shop.status(subscription.id) == "past_due"
    failed = shop.last("invoice.payment_failed")["data"]["object"]
    assert failed["next_payment_attempt"] == shop.last("invoice.payment_failed")["created"] + 3 * DAY

    shop.double.behave(customer, None)
    shop.double.advance(days=3)
    assert shop.status(subscription.id) == "active"

    shop.v1.subscriptions.update(
        subscription.id, {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive"}}
    )
    shop.double.advance(days=31)
    ended = shop.v1.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert shop.last("customer.subscription.deleted")["data"]["object"]["ended_at"] == ended.ended_at

    charge = shop.v1.charges.list({"customer": customer, "limit": 1}).data[0]
    shop.v1.refunds.create({"charge": charge.id, "amount": 500})
    assert shop.last("charge.refunded")["data"]["previous_attributes"] == {"amount_refunded": 0}
    dispute = shop.double.dispute(charge.id)
    assert dispute["amount"] == 1500
    assert shop.double.decide(dispute["id"], won=True)["status"] == "won"
    kinds = [kind for kind in shop.kinds() if kind.startswith("charge.dispute")]
    assert kinds == [f"charge.dispute.{each}" for each in ("created", "funds_withdrawn", "closed", "funds_reinstated")]


@pytest.mark.parametrize(("after", "status"), [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")])
def test_what_happens_after_the_last_retry_is_a_setting(after: str, status: str) -> None:
    shop = open_shop(Double(seed=1, now=NOW, checks=True, settings=Settings(after_retries=after)))
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    shop.double.behave(customer, "fails_later")
    shop.double.advance(days=50)
    assert shop.status(subscription) == status
    attempts = [event["data"]["object"]["attempt_count"] for event in shop.double.events("invoice.payment_failed")]
    assert attempts == [1, 2, 3, 4]


def test_an_unpaid_subscription_comes_back_when_its_latest_invoice_is_paid() -> None:
    shop = open_shop(Double(seed=1, now=NOW, checks=True, settings=Settings(after_retries="unpaid")))
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    shop.double.behave(customer, "fails_later")
    shop.double.advance(days=50)
    shop.double.behave(customer, None)
    shop.v1.invoices.pay(shop.v1.subscriptions.retrieve(subscription).latest_invoice)
    assert shop.status(subscription) == "active"


def test_a_first_payment_that_nobody_completes_expires_after_23_hours(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer("pm_card_chargeCustomerFail"))
    assert subscription.status == "incomplete"
    shop.double.advance(seconds=23 * 3600 - 1)
    assert shop.status(subscription.id) == "incomplete"
    shop.double.advance(seconds=1)
    assert shop.status(subscription.id) == "incomplete_expired"
    assert shop.v1.invoices.retrieve(subscription.latest_invoice).status == "void"


def test_a_renewal_that_wants_3d_secure_waits_for_its_person(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer("pm_card_authenticationRequired"), expand=["latest_invoice.payments"])
    first = subscription.latest_invoice.payments.data[0].payment.payment_intent
    assert subscription.status == "incomplete"
    shop.double.authenticate(first)
    assert shop.status(subscription.id) == "active"

    shop.double.advance(days=31)
    assert shop.status(subscription.id) == "past_due"
    asked = shop.last("invoice.payment_action_required")["data"]["object"]["id"]
    payment = shop.v1.invoice_payments.list({"invoice": asked}).data[0].payment.payment_intent
    shop.double.authenticate(payment)
    assert (shop.status(subscription.id), shop.v1.invoices.retrieve(asked).status) == ("active", "paid")


def test_a_card_that_asks_once_is_not_asked_at_the_renewal(shop: Shop) -> None:
    session = shop.checkout(shop.customer(None))
    shop.double.pay(session.id, "3ds_once")
    shop.double.confirm(session.id)
    shop.double.advance(days=31)
    assert [each.status for each in shop.v1.subscriptions.list().data] == ["active"]
    assert "invoice.payment_action_required" not in shop.kinds()[-20:]


def test_slow_money_that_does_not_come_leaves_the_subscription_past_due(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer("pm_sepaDebit"), expand=["latest_invoice.payments"])
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    assert (subscription.status, subscription.latest_invoice.status) == ("active", "open")
    shop.double.settle(intent, paid=False)
    assert shop.status(subscription.id) == "past_due"


@pytest.mark.parametrize(
    ("behavior", "status"), [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")]
)
def test_a_trial_that_ends_without_a_card_does_what_was_chosen(shop: Shop, behavior: str, status: str) -> None:
    subscription = shop.subscribe(
        shop.customer(None),
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
    )
    shop.double.advance(days=8)
    assert shop.status(subscription.id) == status


def test_a_declined_card_is_a_card_error_with_the_reason(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shop.customer("pm_card_chargeDeclinedInsufficientFunds")
    error = caught.value.error
    assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
    assert error is not None
    assert error.decline_code == "insufficient_funds"


def test_months_keep_the_day_on_which_they_began() -> None:
    january_31 = 1_801_353_600  # 31 January 2027, 00:00 UTC
    shop = open_shop(Double(seed=1, now=january_31, checks=True))
    subscription = shop.subscribe(shop.customer()).id
    ends = []
    for _ in range(3):
        end = shop.v1.subscriptions.retrieve(subscription)["items"].data[0].current_period_end
        ends.append(round((end - january_31) / DAY))
        shop.double.advance(seconds=end - shop.double.now)
    assert ends == [28, 59, 89]  # 28 February, 31 March, 30 April
