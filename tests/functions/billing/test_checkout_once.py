"""What is had once, however often and by however many it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.billing import checkout, payments
from tests.functions.billing.selling import Counter
from tests.shared.asgi import JSON_TYPE, ask


def test_a_trial_is_had_once_by_an_organization(counter: Counter) -> None:
    buyer = counter.buyer()
    for _ in range(2):
        # The first is left unpaid: its trial goes on to the next.
        begun = counter.begin(buyer, "shop_trial").json()["data"]["sessionId"]
    counter.shop.double.pay(begun)
    counter.shop.settle()
    assert counter.seen(buyer)["status"] == "trialing"
    counter.shop.v1.subscriptions.cancel(counter.seen(buyer)["providerId"])
    counter.shop.settle()
    counter.buy(buyer, "shop_trial")
    assert counter.seen(buyer)["status"] == "active"


def test_a_trial_that_our_rows_have_not_seen_yet_is_not_given_again(counter: Counter) -> None:
    buyer = counter.buyer()
    session = counter.begin(buyer, "shop_trial").json()["data"]["sessionId"]
    counter.shop.double.pay(session)
    subscribed = counter.shop.v1.checkout.sessions.retrieve(session).subscription
    counter.shop.v1.subscriptions.cancel(str(subscribed))
    counter.buy(buyer, "shop_trial")
    assert counter.seen(buyer)["status"] == "active"


def test_fifty_at_once_make_one_customer_and_one_session_that_can_be_paid(counter: Counter) -> None:
    buyer = counter.buyer()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: counter.begin(buyer), range(50)))
    assert {each.status for each in answers} <= {200, 409, 503}
    assert len(counter.customers()) == 1
    assert len(counter.sessions()) <= 1
    assert (
        counter.world.value("select count(*) from private.checkouts where org_id = %s and status = 'open'", buyer.org)
        == 1
    )
    assert counter.begin(buyer).status == 200
    assert len(counter.sessions()) == 1


def test_a_repeat_under_its_key_is_answered_with_the_same_session(counter: Counter) -> None:
    buyer = counter.buyer()
    token = counter.world.sign(buyer.person.claims())
    headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", "11111111-once"), JSON_TYPE]
    body = f'{{"lookupKey": "shop_pro", "orgId": "{buyer.org}"}}'.encode()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(checkout.app, "POST", "/billing/checkout", headers, body), range(8)))
    answers.append(ask(checkout.app, "POST", "/billing/checkout", headers, body))
    assert answers[-1].status == 200
    assert {each.status for each in answers} <= {200, 409}
    assert len({each.json()["data"]["sessionId"] for each in answers if each.status == 200}) == 1
    assert len(counter.sessions()) == 1
    assert len(counter.customers()) == 1


@pytest.mark.parametrize("fault", ["500", "500_after"])
def test_a_failure_that_the_provider_remembers_is_not_met_for_ever(counter: Counter, fault: str) -> None:
    buyer = counter.buyer()
    counter.shop.double.faults.add(fault, path="/v1/customers")
    first = counter.begin(buyer)
    # What was meant to be one request is one at the provider, whoever repeats it.
    assert first.status == 200
    named = counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)
    assert counter.begin(buyer).status == 200
    assert named == counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)


def test_a_provider_that_fails_on_and_on_is_told_of_and_then_asked_again(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.shop.double.faults.add("500", times=payments.ATTEMPTS - 1, path="/v1/customers")
    counter.shop.double.faults.add("timeout", times=payments.RETRIES + 1, path="/v1/customers")
    assert counter.begin(buyer).status == 504
    assert counter.begin(buyer).status == 200
    assert len(counter.customers()) == 1
