"""Endpoints that no story elsewhere needs, each asked once."""

import pytest
import stripe

from dev.stripe.clock import DAY
from tests.dev.stripe.shop import Shop


def test_items_can_be_changed_on_their_own(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer()).id
    added = shop.v1.subscription_items.create({"subscription": subscription, "price": shop.bigger, "quantity": 2})
    assert shop.v1.subscription_items.update(added.id, {"quantity": 3}).quantity == 3
    assert shop.v1.subscription_items.retrieve(added.id).price.id == shop.bigger
    assert len(shop.v1.subscription_items.list({"subscription": subscription}).data) == 2
    assert shop.v1.subscription_items.delete(added.id).deleted is True
    assert len(shop.v1.subscription_items.list({"subscription": subscription}).data) == 1


def test_an_invoice_can_be_voided_given_up_sent_and_paid_out_of_band(shop: Shop) -> None:
    customer = shop.customer()
    made = [shop.subscribe(customer, payment_behavior="default_incomplete").latest_invoice for _ in range(4)]
    assert shop.v1.invoices.void_invoice(made[0]).status == "void"
    assert shop.v1.invoices.mark_uncollectible(made[1]).status == "uncollectible"
    assert shop.v1.invoices.send_invoice(made[2]).status == "open"
    assert shop.v1.invoices.pay(made[3], {"paid_out_of_band": True}).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        shop.v1.invoices.pay(made[3])
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.invoices.finalize_invoice(made[2])
    assert shop.v1.invoices.update(made[2], {"metadata": {"a": "1"}}).metadata.to_dict() == {"a": "1"}
    shop.use_card(customer, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as caught:
        shop.v1.invoices.pay(made[2])
    assert caught.value.code == "invoice_payment_intent_requires_action"


def test_a_draft_can_be_finalized_before_its_hour(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    end = subscription["items"].data[0].current_period_end
    shop.double.advance(seconds=end - shop.double.now)
    draft = shop.v1.invoices.list({"customer": customer, "status": "draft"}).data[0]
    assert shop.v1.invoices.finalize_invoice(draft.id).status == "paid"


def test_an_invoice_by_mail_waits_for_its_reader(shop: Shop) -> None:
    made = shop.subscribe(
        shop.customer(None), collection_method="send_invoice", days_until_due=14, expand=["latest_invoice"]
    )
    assert (made.status, made.latest_invoice.status, made.latest_invoice.amount_due) == ("active", "open", 2000)
    assert "invoice.sent" in shop.kinds()


def test_payment_methods_are_made_attached_and_detached_once(shop: Shop) -> None:
    customer, other = shop.customer(None), shop.customer(None)
    method = shop.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    shop.v1.payment_methods.attach(method.id, {"customer": customer})
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        shop.v1.payment_methods.attach(method.id, {"customer": other})
    assert [each.id for each in shop.v1.customers.payment_methods.list(customer).data] == [method.id]
    shop.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
    assert shop.v1.payment_methods.detach(method.id).customer is None
    assert shop.v1.customers.retrieve(customer).invoice_settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.payment_methods.detach(method.id)
    assert shop.v1.payment_methods.retrieve(method.id).card.last4 == "4242"
    refused = shop.v1.payment_methods.create({"type": "card", "card": {"token": "tok_chargeDeclined"}})
    with pytest.raises(stripe.CardError):
        shop.v1.payment_methods.attach(refused.id, {"customer": customer})


def test_without_a_card_there_is_no_subscription(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        shop.subscribe(shop.customer(None))
    with pytest.raises(stripe.CardError):
        shop.subscribe(shop.customer("pm_card_chargeCustomerFail"), payment_behavior="error_if_incomplete")
    assert shop.v1.subscriptions.list({"status": "all"}).data == []


def test_a_preview_says_what_comes_next_and_what_an_end_gives_back(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.double.advance(days=15)

    def preview(**params: object) -> int:
        total: int = shop.v1.invoices.create_preview({"customer": customer, **params}).total
        return total

    assert preview(subscription=subscription.id) == 2000
    assert preview(subscription_details={"items": [{"price": shop.yearly}]}) == 50000
    assert preview(subscription=subscription.id, subscription_details={"pause": {"type": "subscription"}}) == -1000
    shop.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        preview(subscription=subscription.id)
    assert caught.value.code == "invoice_upcoming_none"


def test_cancel_at_ends_in_the_middle_of_a_period(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer()).id
    shop.v1.subscriptions.update(subscription, {"cancel_at": shop.double.now + 10 * DAY})
    shop.double.advance(days=10)
    assert shop.status(subscription) == "canceled"
    changed = shop.v1.subscriptions.update(subscription, {"metadata": {"why": "x"}})
    assert changed.metadata.to_dict() == {"why": "x"}
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.subscriptions.update(subscription, {"description": "x"})
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.subscriptions.cancel(subscription)


def test_what_is_made_can_be_read_changed_and_deleted(shop: Shop) -> None:
    v1 = shop.v1
    coupon = v1.coupons.create({"amount_off": 500, "currency": "usd", "duration": "forever", "name": "Five"})
    assert v1.coupons.update(coupon.id, {"name": "5"}).name == v1.coupons.retrieve(coupon.id).name == "5"
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    assert v1.promotion_codes.update(code.id, {"active": False}).active is False
    assert v1.promotion_codes.retrieve(code.id).code == code.code
    assert v1.coupons.delete(coupon.id).deleted is True
    feature = v1.entitlements.features.create({"lookup_key": "sso", "name": "SSO"})
    assert v1.entitlements.features.update(feature.id, {"name": "Sign-on"}).name == "Sign-on"
    link = v1.products.features.create(shop.product, {"entitlement_feature": feature.id})
    assert [each.id for each in v1.products.features.list(shop.product).data] == [link.id]
    assert v1.products.features.delete(shop.product, link.id).deleted is True
    made = v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
    wish = {"features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}}, "active": False}
    changed = v1.billing_portal.configurations.update(made.id, wish)
    assert (changed.features.customer_update.enabled, changed.features.invoice_history.enabled) == (True, True)
    endpoint = v1.webhook_endpoints.create({"url": "https://app.example", "enabled_events": ["*"]})
    assert v1.webhook_endpoints.delete(endpoint.id).deleted is True


def test_money_and_its_return_can_be_read_back(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    intent = shop.v1.payment_intents.list({"customer": customer}).data[0].id
    assert shop.v1.payment_intents.update(intent, {"metadata": {"a": "1"}}).metadata.to_dict() == {"a": "1"}
    refund = shop.v1.refunds.create({"payment_intent": intent, "reason": "requested_by_customer", "amount": 5})
    assert shop.v1.refunds.update(refund.id, {"metadata": {"b": "2"}}).metadata.to_dict() == {"b": "2"}
    payment = shop.v1.invoice_payments.list().data[0]
    assert shop.v1.invoice_payments.retrieve(payment.id).status == "paid"
    dispute = shop.double.dispute(shop.v1.charges.list().data[0].id)["id"]
    assert shop.v1.disputes.retrieve(dispute).amount == 1995
    event = shop.v1.events.list().data[0]
    assert shop.v1.events.retrieve(event.id).type == "charge.dispute.funds_withdrawn"
