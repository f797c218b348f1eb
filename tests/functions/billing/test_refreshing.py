from tests.functions.billing.shop import Shop


def test_what_was_paid_for_is_there_when_its_event_was_worked_on(shop: Shop) -> None:
    customer = shop.customer()
    assert shop.plan(customer) == "free"
    shop.subscribe(customer)
    shop.settle()
    assert set(shop.statuses) == {200}
    assert (shop.plan(customer), shop.row(customer)) == ("pro", "active")


def test_what_ended_is_gone(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.settle()
    shop.v1.subscriptions.cancel(subscription)
    shop.settle()
    assert (shop.plan(customer), shop.row(customer)) == ("free", "canceled")
