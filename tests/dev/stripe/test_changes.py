"""Changes of a subscription: what they cost, when they count, and that a preview says the same."""

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.stripe.clock import DAY
from dev.stripe.double import Double
from tests.dev.stripe.shop import NOW, Shop, open_shop


def item_of(subscription: stripe.Subscription) -> str:
    return str(subscription["items"].data[0].id)


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.integers(1, 29 * DAY),
    before=st.integers(1, 9),
    after=st.integers(0, 9),
    to=st.sampled_from(["monthly", "bigger", "yearly"]),
    behavior=st.sampled_from(["always_invoice", "create_prorations"]),
)
def test_a_change_costs_what_its_preview_said(seconds: int, before: int, after: int, to: str, behavior: str) -> None:
    shop = open_shop(Double(seed=3, now=NOW))
    customer = shop.customer()
    made = shop.v1.subscriptions.create({"customer": customer, "items": [{"price": shop.monthly, "quantity": before}]})
    shop.double.advance(seconds=seconds)
    item = {"id": item_of(made), "price": getattr(shop, to), "quantity": after}
    wish = {"items": [item], "proration_behavior": behavior, "proration_date": shop.double.now}
    asked = {"customer": customer, "subscription": made.id, "subscription_details": wish}
    shown = shop.v1.invoices.create_preview(asked)
    changed = shop.v1.subscriptions.update(made.id, {**wish, "expand": ["latest_invoice"]})
    if behavior == "create_prorations" and to != "yearly":
        shop.double.advance(seconds=changed["items"].data[0].current_period_end - shop.double.now)
    drawn = shop.v1.invoices.retrieve(shop.v1.subscriptions.retrieve(made.id).latest_invoice)
    if shown.lines.data:
        assert [line.amount for line in drawn.lines.data] == [line.amount for line in shown.lines.data]
        assert drawn.total == shown.total


def test_an_upgrade_in_the_middle_of_a_period_credits_and_charges_half(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    shop.double.advance(days=15)
    items = [{"id": item_of(subscription), "price": shop.bigger}]
    changed = shop.v1.subscriptions.update(
        subscription.id, {"items": items, "proration_behavior": "always_invoice", "expand": ["latest_invoice"]}
    )
    assert [line.amount for line in changed.latest_invoice.lines.data] == [-1000, 2500]
    assert (changed.latest_invoice.total, changed.latest_invoice.status) == (1500, "paid")
    previous = shop.last("customer.subscription.updated")["data"]["previous_attributes"]
    assert previous["items"]["data"][0]["price"]["id"] == shop.monthly


def test_a_downgrade_becomes_credit_for_the_next_invoices(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.v1.subscriptions.create({"customer": customer, "items": [{"price": shop.bigger}]})
    shop.double.advance(days=3)
    items = [{"id": item_of(subscription), "price": shop.monthly}]
    shop.v1.subscriptions.update(subscription.id, {"items": items, "proration_behavior": "always_invoice"})
    assert shop.v1.customers.retrieve(customer).balance == -2700
    shop.double.advance(days=31)
    renewal = shop.v1.invoices.list({"customer": customer}).data[0]
    assert (renewal.total, renewal.amount_due, renewal.status) == (2000, 0, "paid")
    assert shop.v1.customers.retrieve(customer).balance == -700


def test_another_interval_begins_a_new_period_at_once(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    shop.double.advance(days=10)
    items = [{"id": item_of(subscription), "price": shop.yearly}]
    changed = shop.v1.subscriptions.update(subscription.id, {"items": items, "expand": ["latest_invoice"]})
    assert changed["items"].data[0].current_period_start == shop.double.now
    assert changed.billing_cycle_anchor == shop.double.now
    assert changed.latest_invoice.total == 50000 - 1333


def test_the_billing_cycle_can_begin_anew(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    shop.double.advance(days=15)
    wish = {"billing_cycle_anchor": {"type": "now"}, "expand": ["latest_invoice"]}
    begun = shop.v1.subscriptions.update(subscription.id, wish)
    assert (begun.billing_cycle_anchor, begun.latest_invoice.total) == (shop.double.now, 1000)


def test_a_refused_change_changes_nothing(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    count = len(shop.double.events())
    for items in ([{"id": "si_none"}], [{"id": item_of(subscription), "deleted": True}], [{"price": shop.monthly}]):
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.subscriptions.update(subscription.id, {"metadata": {"a": "1"}, "items": items})
    assert shop.v1.subscriptions.retrieve(subscription.id).metadata.to_dict() == {}
    assert len(shop.double.events()) == count


def test_a_change_of_price_is_seen_by_the_items_that_have_it(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    shop.v1.prices.update(shop.monthly, {"metadata": {"plan": "pro"}})
    changed = shop.v1.subscriptions.update(subscription.id, {"items": [{"id": item_of(subscription), "quantity": 2}]})
    assert changed["items"].data[0].price.metadata.to_dict() == {"plan": "pro"}


def test_no_prorations_changes_only_what_comes(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.double.advance(days=10)
    items = [{"id": item_of(subscription), "quantity": 5}]
    shop.v1.subscriptions.update(subscription.id, {"items": items, "proration_behavior": "none"})
    shop.double.advance(days=21)
    assert [each.total for each in shop.v1.invoices.list({"customer": customer}).data] == [10000, 2000]


def test_a_pending_update_waits_for_its_payment(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.double.behave(customer, "fails_later")
    wish = {
        "items": [{"id": item_of(subscription), "price": shop.bigger}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
    }
    shop.double.advance(days=1)
    waiting = shop.v1.subscriptions.update(subscription.id, wish)
    assert waiting["items"].data[0].price.id == shop.monthly
    assert waiting.pending_update.subscription_items[0].price.id == shop.bigger
    shop.double.behave(customer, None)
    shop.v1.invoices.pay(waiting.latest_invoice)
    applied = shop.v1.subscriptions.retrieve(subscription.id)
    assert (applied["items"].data[0].price.id, applied.pending_update, applied.status) == (shop.bigger, None, "active")
    assert "customer.subscription.pending_update_applied" in shop.kinds()


def test_a_pending_update_that_nobody_pays_lapses(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.double.behave(customer, "fails_later")
    shop.double.advance(days=1)
    wish = {"items": [{"id": item_of(subscription), "price": shop.bigger}], "payment_behavior": "pending_if_incomplete"}
    shop.v1.subscriptions.update(subscription.id, {**wish, "proration_behavior": "always_invoice"})
    shop.double.advance(days=1)
    lapsed = shop.v1.subscriptions.retrieve(subscription.id)
    assert (lapsed["items"].data[0].price.id, lapsed.pending_update) == (shop.monthly, None)
    assert shop.last("customer.subscription.pending_update_expired")["data"]["object"]["id"] == subscription.id


def test_cancel_at_period_end_can_be_taken_back(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    ending = shop.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert ending.cancel_at == ending["items"].data[0].current_period_end
    going_on = shop.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (going_on.cancel_at, going_on.canceled_at) == (None, None)
    shop.double.advance(days=31)
    assert shop.status(subscription.id) == "active"


def test_a_trial_can_be_ended_now(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer(), trial_period_days=30)
    shop.double.advance(days=3)
    begun = shop.v1.subscriptions.update(subscription.id, {"trial_end": "now", "expand": ["latest_invoice"]})
    assert (begun.status, begun.latest_invoice.total, begun.latest_invoice.status) == ("active", 2000, "paid")
    assert begun["items"].data[0].current_period_start == shop.double.now
