"""Pauses: of the subscription, and of the collection of its invoices."""

import pytest

from dev.stripe.clock import DAY
from tests.dev.stripe.shop import Shop


def test_a_pause_and_a_resume_are_told_as_such(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    shop.double.advance(days=10)
    paused = shop.v1.subscriptions.pause(subscription.id)
    assert (paused.status, paused.status_details.paused.subscription.type) == ("paused", "pause_requested")
    shop.double.advance(days=60)
    resumed = shop.v1.subscriptions.resume(subscription.id, {"expand": ["latest_invoice"]})
    assert (resumed.status, resumed.billing_cycle_anchor) == ("active", shop.double.now)
    assert resumed.latest_invoice.total == 2000 - 1333
    told = [kind for kind in shop.kinds() if kind.endswith((".paused", ".resumed"))]
    assert told == ["customer.subscription.paused", "customer.subscription.resumed"]


def test_who_must_pay_to_resume_stays_paused_until_then(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.v1.subscriptions.pause(subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    shop.double.behave(customer, "fails_later")
    wish = {"payment_behavior": "resume_on_payment_success"}
    assert shop.v1.subscriptions.resume(subscription.id, wish).status == "paused"
    shop.double.behave(customer, None)
    assert shop.v1.subscriptions.resume(subscription.id, wish).status == "active"


@pytest.mark.parametrize(
    ("behavior", "status"), [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
)
def test_a_pause_of_collection_goes_on_until_its_day(shop: Shop, behavior: str, status: str) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    until = shop.double.now + 40 * DAY
    shop.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior, "resumes_at": until}})
    shop.double.advance(days=35)
    assert shop.v1.invoices.list({"customer": customer}).data[0].status == status
    shop.double.advance(days=30)
    assert shop.v1.subscriptions.retrieve(subscription.id).pause_collection is None
    assert shop.v1.invoices.list({"customer": customer}).data[0].status == "paid"
