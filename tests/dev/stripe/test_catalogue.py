"""Products, prices, features, meters, portal configurations: what a catalogue is applied to."""

import pytest
import stripe

from dev.stripe.clock import DAY
from tests.dev.stripe.shop import NOW, Shop


def test_a_lookup_key_is_handed_over_only_on_request(shop: Shop) -> None:
    wish = {"product": shop.product, "unit_amount": 2500, "currency": "usd", "lookup_key": "pro"}
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        shop.v1.prices.create(wish)
    newer = shop.v1.prices.create({**wish, "transfer_lookup_key": True})
    assert [each.id for each in shop.v1.prices.list({"lookup_keys": ["pro"]}).data] == [newer.id]
    assert shop.v1.prices.retrieve(shop.monthly).lookup_key is None
    assert shop.last("price.updated")["data"]["previous_attributes"] == {"lookup_key": "pro"}


def test_an_inactive_price_is_not_sold(shop: Shop) -> None:
    shop.v1.prices.update(shop.monthly, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.checkout(shop.customer())
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.subscribe(shop.customer())


def test_a_product_with_prices_cannot_be_deleted(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.products.delete(shop.product)
    other = shop.v1.products.create({"name": "Other", "id": "other"})
    assert shop.v1.products.delete(other.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.products.update("other", {"name": "x"})


def test_fractions_of_a_cent_are_rounded_half_up(shop: Shop) -> None:
    wish = {"product": shop.product, "currency": "usd", "recurring": {"interval": "month"}}
    price = shop.v1.prices.create({**wish, "unit_amount_decimal": "0.5"})
    assert (price.unit_amount, str(price.unit_amount_decimal)) == (None, "0.5")
    items = [{"price": price.id, "quantity": 3}]
    made = shop.v1.subscriptions.create({"customer": shop.customer(), "items": items, "expand": ["latest_invoice"]})
    assert made.latest_invoice.total == 2


def test_features_follow_the_subscription_and_survive_a_pause(shop: Shop) -> None:
    feature = shop.v1.entitlements.features.create({"lookup_key": "sso", "name": "Single sign-on"})
    shop.v1.products.features.create(shop.product, {"entitlement_feature": feature.id})
    customer = shop.customer()
    subscription = shop.subscribe(customer)

    def held() -> list[str]:
        listed = shop.v1.entitlements.active_entitlements.list({"customer": customer}).data
        return [each.lookup_key for each in listed]

    assert held() == ["sso"]
    shop.v1.subscriptions.pause(subscription.id)
    assert held() == ["sso"]
    shop.v1.subscriptions.cancel(subscription.id)
    assert held() == []
    told = shop.double.events("entitlements.active_entitlement_summary.updated")
    assert [len(each["data"]["object"]["entitlements"]["data"]) for each in told] == [1, 0]


def test_what_was_used_is_billed_at_the_end_and_counts_once(shop: Shop) -> None:
    aggregation = {"formula": "sum"}
    meter = shop.v1.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": aggregation}
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter.id}
    wish = {"product": shop.product, "currency": "usd", "unit_amount": 3, "recurring": recurring}
    price = shop.v1.prices.create(wish).id
    customer = shop.customer()
    shop.v1.subscriptions.create({"customer": customer, "items": [{"price": price}]})
    event = {"event_name": "calls", "payload": {"stripe_customer_id": customer, "value": "40"}, "identifier": "a"}
    shop.v1.billing.meter_events.create(event)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        shop.v1.billing.meter_events.create(event)
    further = {"stripe_customer_id": customer, "value": "2"}
    shop.v1.billing.meter_events.create({**event, "identifier": "b", "payload": further})
    shop.double.advance(days=31)
    assert [each.total for each in shop.v1.invoices.list({"customer": customer}).data] == [126, 0]
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing.meter_events.create({**event, "identifier": "c", "timestamp": NOW - 40 * DAY})


def test_a_portal_needs_a_configuration_and_keeps_to_its_customer(shop: Shop) -> None:
    customer, stranger = shop.customer(), shop.customer()
    with pytest.raises(stripe.InvalidRequestError, match="configuration"):
        shop.v1.billing_portal.sessions.create({"customer": customer})
    features = {"subscription_cancel": {"enabled": True, "mode": "immediately"}, "invoice_history": {"enabled": True}}
    configuration = shop.v1.billing_portal.configurations.create({"features": features})
    assert configuration.features.subscription_cancel.cancellation_reason.options
    theirs = shop.subscribe(stranger).id
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": theirs}}
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing_portal.sessions.create(
            {"customer": customer, "configuration": configuration.id, "flow_data": flow}
        )
    made = shop.v1.billing_portal.sessions.create(
        {"customer": stranger, "configuration": configuration.id, "flow_data": flow, "return_url": "https://a.example"}
    )
    assert made.flow.subscription_cancel.subscription == theirs


def test_a_deleted_customer_leaves_a_stub_and_no_subscription(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    shop.v1.customers.delete(customer)
    assert shop.v1.customers.retrieve(customer).deleted is True
    assert shop.status(subscription) == "canceled"
    assert shop.last("customer.deleted")["data"]["object"]["email"] == "ada@example.com"
    with pytest.raises(stripe.InvalidRequestError):
        shop.checkout(customer)


def test_a_refund_gives_back_no_more_than_was_paid_and_can_fail(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    charge = shop.v1.charges.list({"customer": customer}).data[0].id
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.v1.refunds.create({"charge": charge, "amount": 2001})
    refund = shop.v1.refunds.create({"charge": charge})
    assert shop.v1.charges.retrieve(charge, {"expand": ["refunds"]}).refunds.data[0].id == refund.id
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.refunds.create({"charge": charge})
    assert caught.value.code == "charge_already_refunded"
    shop.double.fail_refund(refund.id)
    assert shop.v1.charges.retrieve(charge).amount_refunded == 0
    assert shop.kinds()[-1] == "refund.failed"
    shop.double.dispute(charge)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.refunds.create({"charge": charge})
    assert caught.value.code == "charge_disputed"


def test_a_dispute_can_be_answered_or_given_up(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    dispute = shop.double.dispute(shop.v1.charges.list({"customer": customer}).data[0].id)["id"]
    answered = shop.v1.disputes.update(dispute, {"evidence": {"product_description": "A plan"}})
    assert (answered.status, answered.evidence.product_description) == ("under_review", "A plan")
    assert shop.v1.disputes.close(dispute).status == "lost"
