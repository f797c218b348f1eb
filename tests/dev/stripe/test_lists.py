"""Lists and expansion."""

import pytest
import stripe

from tests.dev.stripe.shop import NOW, Shop


def test_pages_go_through_everything_once_newest_first(shop: Shop) -> None:
    made = [shop.v1.customers.create({}).id for _ in range(25)]
    assert [each.id for each in shop.v1.customers.list({"limit": 10}).auto_paging_iter()] == made[::-1]
    page = shop.v1.customers.list({"limit": 5, "ending_before": made[0]})
    assert ([each.id for each in page.data], page.has_more) == (made[5:0:-1], True)


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"starting_after": "cus_none"}])
def test_a_page_that_does_not_exist_is_refused(shop: Shop, params: dict[str, object]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.customers.list(params)


def test_events_can_be_swept_by_time_and_type(shop: Shop) -> None:
    shop.customer(None)
    shop.double.advance(days=1)
    shop.customer(None)
    later = shop.v1.events.list({"created": {"gt": NOW}, "types": ["customer.created", "customer.updated"]})
    assert len(later.data) == 1
    assert len(shop.v1.events.list({"type": "price.*"}).data) == 3


def test_canceled_subscriptions_are_listed_only_when_asked_for(shop: Shop) -> None:
    customer = shop.customer()
    gone, here = shop.subscribe(customer).id, shop.subscribe(customer).id
    shop.v1.subscriptions.cancel(gone)

    def ids(**params: str) -> list[str]:
        return [each.id for each in shop.v1.subscriptions.list({"customer": customer, **params}).data]

    assert ids() == [here]
    assert ids(status="all") == [here, gone]
    assert ids(status="canceled") == ids(status="ended") == [gone]
    assert ids(price=shop.bigger) == []


def test_everything_that_was_asked_for_is_expanded(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    payment = "data.latest_invoice.payments.data.payment.payment_intent"
    paths = ["data.customer", payment, "data.items.data.price.product"]
    [found] = shop.v1.subscriptions.list({"customer": customer, "expand": paths}).data
    assert found.customer.email == "ada@example.com"
    assert found.latest_invoice.payments.data[0].payment.payment_intent.status == "succeeded"
    assert found["items"].data[0].price.product.name == "Pro"
    assert shop.v1.subscriptions.retrieve(found.id).customer == customer


@pytest.mark.parametrize("path", ["nothing", "email", "subscriptions.data.latest_invoice.customer.discount.coupon"])
def test_what_cannot_be_expanded_is_refused(shop: Shop, path: str) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.v1.customers.retrieve(customer, {"expand": [path]})


def test_invoices_are_found_by_their_subscription(shop: Shop) -> None:
    customer = shop.customer()
    one, other = shop.subscribe(customer), shop.subscribe(customer)
    assert [each.id for each in shop.v1.invoices.list({"subscription": one.id}).data] == [one.latest_invoice]
    assert shop.v1.invoices.list({"subscription": other.id, "status": "open"}).data == []
    assert shop.v1.invoices.line_items.list(one.latest_invoice).data[0].amount == 2000
