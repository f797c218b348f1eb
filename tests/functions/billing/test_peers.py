"""What was seen to go wrong elsewhere, each as a test that it does not here."""

import pytest

from functions.billing.state import state
from tests.functions.billing.shop import Shop
from tests.functions.billing.test_webhooks import event, send

STATUSES = ["incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"]
ENTITLED = {"trialing", "active", "past_due"}


@pytest.mark.parametrize("status", [*STATUSES, "of_the_future"])
def test_every_status_is_stored_and_only_three_give_something(shop: Shop, status: str) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.double.account.store.get("subscription", subscription)["status"] = status
    shop.double.api.checks = False
    shop.settle()
    assert shop.row(customer) == status
    assert shop.plan(customer) == ("pro" if status in ENTITLED else "free")


def test_a_first_payment_that_fails_gives_nothing_yet(shop: Shop) -> None:
    customer = shop.customer()
    shop.double.behave(customer.id, "declined")
    shop.subscribe(customer)
    shop.settle()
    assert (shop.row(customer), shop.plan(customer)) == ("incomplete", "free")


def test_a_completed_checkout_does_not_revive_what_ended_since(shop: Shop) -> None:
    customer = shop.customer()
    shop.v1.subscriptions.cancel(shop.subscribe(customer))
    shop.settle()
    thing = {"id": "cs_test_1", "object": "checkout.session", "customer": customer.id, "payment_status": "paid"}
    assert send(event(type="checkout.session.completed", data={"object": thing})).status == 200
    shop.work()
    assert (shop.row(customer), shop.plan(customer)) == ("canceled", "free")


def test_of_two_events_of_one_second_neither_is_dropped(shop: Shop) -> None:
    customer = shop.customer()
    shop.double.deliverer.same_second = shop.double.now
    shop.double.deliverer.mode = "reversed"
    subscription = shop.subscribe(customer)
    shop.v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
    shop.settle()
    assert shop.row(customer, "cancel_at_period_end") is True


def test_what_was_left_out_does_not_look_canceled(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    nothing = (None, None, None, None)
    assert shop.row(customer, "cancel_at, canceled_at, ended_at, trial_end") == nothing


def test_periods_are_those_of_items_and_the_first_to_end_is_shown(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    product = shop.v1.products.create({"name": "Addon"})
    yearly = shop.v1.prices.create(
        {"product": product.id, "currency": "usd", "unit_amount": 5, "recurring": {"interval": "year"}}
    )
    shop.v1.subscription_items.create({"subscription": subscription, "price": yearly.id})
    shop.settle()
    periods = "select array_agg(i.current_period_end order by i.current_period_end) from subscription_items as i"
    found = shop.world.value(
        f"{periods} inner join subscriptions as s on s.id = i.subscription_id where s.org_id = %s", customer.org
    )
    assert found[0] < found[1]
    assert shop.row(customer, "current_period_end") == found[0]
    assert shop.plan(customer) == "pro"


def test_each_line_gives_its_plan_until_its_own_period_ends(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer, "pro")
    shop.v1.subscription_items.create({"subscription": subscription, "price": shop.prices["enterprise"]})
    shop.settle()
    assert shop.plan(customer) == "enterprise"
    shop.world.run(
        "update subscription_items as i set current_period_end = now() - interval '61 minutes'"
        " from prices as p where p.id = i.price_id and p.provider_id = %s",
        shop.prices["enterprise"],
    )
    assert shop.plan(customer) == "pro"


def test_access_ends_by_the_clock_without_an_event(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    over = "update subscription_items as i set current_period_end = now() - %s::interval from subscriptions as s"
    over += " where s.id = i.subscription_id and s.org_id = %s"
    shop.world.run(over, "59 minutes", customer.org)
    assert shop.plan(customer) == "pro"
    shop.world.run(over, "61 minutes", customer.org)
    assert shop.plan(customer) == "free"
    assert shop.door.call("jobs_announce_plans", {}, role="job_runner") >= 1
    changes = "select count(*) from audit_log where org_id = %s and action = 'plan.changed'"
    assert shop.world.value(changes, customer.org) == 2


def test_a_failed_payment_takes_nothing_away_for_a_week(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.double.behave(customer.id, "declined")
    shop.double.advance(days=32)
    shop.settle()
    assert (shop.row(customer), shop.plan(customer)) == ("past_due", "pro")
    since = "update subscriptions set past_due_since = now() - %s::interval where org_id = %s"
    shop.world.run(since, "6 days", customer.org)
    assert shop.plan(customer) == "pro"
    shop.settle()
    shop.world.run(since, "8 days", customer.org)
    assert shop.plan(customer) == "free"


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [
        ({"unit_amount": 1999, "unit_amount_decimal": "1999"}, 1, 1999),
        ({"unit_amount": None, "unit_amount_decimal": "0.5"}, 3, 2),
        ({"unit_amount": None, "unit_amount_decimal": None}, 3, 0),
        ({"unit_amount": 700}, None, 0),
    ],
)
def test_amounts_are_whole_and_never_by_way_of_floats(price: dict[str, object], quantity: int, amount: int) -> None:
    item = {"id": "si_1", "price": {"id": "p", **price}, "quantity": quantity}
    item |= {"current_period_start": 0, "current_period_end": 1}
    subscription = {"id": "s", "status": "active", "currency": "jpy", "start_date": 0, "items": {"data": [item]}}
    told = state({"id": "c"}, [subscription], [], {})["subscriptions"][0]
    assert (told["amount"], told["quantity"]) == (amount, quantity or 0)


def test_somebody_elses_events_in_a_shared_account_are_answered_with_200(shop: Shop) -> None:
    said = event("cus_of_another_product", type="customer.subscription.created")
    assert send(said).status == 200
    assert shop.work().dead == 0


def test_one_customers_card_is_that_of_what_they_pay_for(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    method = shop.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    shop.v1.payment_methods.attach(method.id, {"customer": customer.id})
    shop.v1.subscriptions.update(subscription, {"default_payment_method": method.id})
    shop.double.account.store.get("payment_method", method.id)["card"] |= {"exp_month": 2, "exp_year": 2028}
    shop.settle()
    expires = "select card_expires_on::text from billing_customers where org_id = %s"
    assert shop.world.value(expires, customer.org) == "2028-02-29"
