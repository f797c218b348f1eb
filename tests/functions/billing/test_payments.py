from typing import Any

import pytest
import stripe
from stripe._api_version import _ApiVersion

from functions.billing import fetching, payments
from functions.billing.works import WORKS
from shared import config
from shared.config import Misconfigured
from shared.errors import (
    InProgress,
    PaymentRequired,
    Problem,
    Unavailable,
    Unexpected,
    UpstreamFailed,
    UpstreamTimeout,
)
from shared.work import Job, Task
from tests.functions.billing.shop import Shop


def client(shop: Shop) -> payments.Client:
    return payments.client(shop.door.settings)


def ask(shop: Shop, pauses: list[float] | None = None) -> Any:
    pause = (pauses if pauses is not None else []).append
    return payments.ask(client(shop).v1.customers.list, pause=pause)


def test_the_pin_is_the_version_whose_types_the_sdk_has() -> None:
    assert _ApiVersion.CURRENT == payments.PIN


def test_nothing_is_waited_for_longer_than_it_says() -> None:
    assert (payments.CONNECT_SECONDS, payments.READ_SECONDS, payments.RETRIES) == (2.0, 10.0, 2)


def test_what_is_too_fast_is_asked_again_with_jitter_and_then_given_up(shop: Shop) -> None:
    pauses: list[float] = []
    shop.double.faults.add("429", times=3)
    assert ask(shop, pauses).data == []
    bounds = [payments.FIRST_PAUSE_SECONDS * 2**turn for turn in range(3)]
    assert all(0.5 * most <= each <= 1.5 * most for each, most in zip(pauses, bounds, strict=True))
    shop.double.faults.add("429", times=payments.TURNS)
    with pytest.raises(Unavailable):
        ask(shop, pauses)


@pytest.mark.parametrize(
    ("fault", "times", "raised"),
    [
        ("500", 3, UpstreamFailed),
        ("401", 1, Unexpected),
        ("403", 1, Unexpected),
        ("409", 3, InProgress),
        ("timeout", 3, UpstreamTimeout),
    ],
)
def test_what_fails_is_one_of_our_own_errors(shop: Shop, fault: str, times: int, raised: type[Problem]) -> None:
    shop.double.faults.add(fault, times=times)
    with pytest.raises(raised) as caught:
        ask(shop)
    assert "sk_test" not in str(caught.value)
    assert caught.value.message == caught.value.says
    assert ask(shop).data == []


@pytest.mark.parametrize("fault", ["500", "timeout", "lost", "500_after"])
def test_a_write_whose_answer_was_lost_is_written_once(shop: Shop, fault: str) -> None:
    shop.double.faults.add(fault, times=1, method="POST")
    options = payments.once("customer", "org", fault)
    made = []
    for _ in range(3):
        try:
            made.append(payments.ask(lambda: client(shop).v1.customers.create({"name": fault}, options)).id)
        except UpstreamFailed:
            # What Stripe answered once with 500 it answers again, for this key.
            assert fault in {"500", "500_after"}
    created = [each for each in shop.double.events("customer.created") if each["data"]["object"]["name"] == fault]
    assert len(created) == (fault != "500")
    assert len(set(made)) <= 1


def test_a_key_says_what_is_done_for_whom(shop: Shop) -> None:
    del shop
    told = {
        str(payments.once(*each, attempt=attempt)["idempotency_key"])
        for each in [("a", "b"), ("a", "c"), ("b", "b"), ("a", "b", "c"), ("a", "b", "1")]
        for attempt in (0, 1)
    }
    assert len(told) == 10
    assert payments.once("a", "b") == payments.once("a", "b")
    assert max(map(len, told)) <= 255


def test_what_is_missing_declined_or_wrong_says_so(shop: Shop) -> None:
    v1 = client(shop).v1
    with pytest.raises(payments.Missing):
        payments.ask(lambda: v1.customers.retrieve("cus_none"))
    wrong: Any = {"surprise": "x"}
    with pytest.raises(Unexpected) as rejected:
        payments.ask(lambda: v1.customers.create(wrong))
    assert payments.rejection(rejected.value) == payments.Rejection("parameter_unknown", "surprise")
    customer = shop.customer()
    shop.double.behave(customer.id, "declined")
    with pytest.raises(PaymentRequired) as declined:
        payments.ask(
            lambda: v1.subscriptions.create(
                {
                    "customer": customer.id,
                    "items": [{"price": shop.prices["pro"]}],
                    "payment_behavior": "error_if_incomplete",
                }
            )
        )
    assert "declined" in declined.value.message


@pytest.mark.parametrize(("key", "live"), [("", "false"), ("sk_live_x", "false"), ("sk_test_x", "true")])
def test_a_key_of_the_other_mode_is_never_used(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, key: str, live: str
) -> None:
    del shop
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)
    monkeypatch.setenv("LIVE", live)
    config.settings.cache_clear()
    with pytest.raises(Misconfigured) as caught:
        payments.client(config.settings())
    assert "sk_" not in str(caught.value)


def test_lists_are_read_to_their_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "PAGE", 2)
    customer = shop.customer()
    ended = []
    for _ in range(5):
        ended.append(shop.subscribe(customer))
        shop.v1.subscriptions.cancel(ended[-1])
    last = shop.subscribe(customer)
    shop.settle()
    state = fetching.fetch(client(shop), customer.id, live=False)
    assert {each["provider_id"] for each in state["subscriptions"]} == {*ended, last}
    assert len(state["invoices"]) == 6
    assert {each["amount_paid"] for each in state["invoices"]} == {1900}
    assert shop.plan(customer) == "pro"


def test_a_customer_of_another_account_is_no_reason_to_end_anything(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    shop.world.run("update billing_customers set provider_id = 'cus_elsewhere' where org_id = %s", customer.org)
    shop.world.value("select private.refresh_customer('stripe', false, 'cus_elsewhere')")
    assert shop.work().waiting == 1
    assert (shop.plan(customer), shop.row(customer)) == ("pro", "active")


def test_a_job_of_the_other_mode_or_provider_is_hopeless(shop: Shop) -> None:
    for payload in ({"provider": "stripe", "livemode": True}, {"provider": "polar", "livemode": False}):
        with pytest.raises(Exception, match="another provider or mode"):
            WORKS["billing.refresh"](Task(shop.door, Job(0, "billing.refresh", {**payload, "customer": "c"}, "", 1)))


def test_a_price_that_was_made_by_hand_gives_what_its_product_gives(shop: Shop) -> None:
    customer = shop.customer()
    product = shop.v1.prices.retrieve(shop.prices["pro"]).product
    price = shop.v1.prices.create(
        {"product": str(product), "currency": "usd", "unit_amount": 100, "recurring": {"interval": "month"}}
    )
    shop.prices["special"] = price.id
    shop.subscribe(customer, "special")
    shop.settle()
    assert shop.plan(customer) == "pro"
    assert shop.world.value("select sellable from prices where provider_id = %s", price.id) is False


def test_a_price_that_was_archived_is_sold_no_more(shop: Shop) -> None:
    sellable = "select sellable from prices where provider_id = %s"
    for plan in ("pro", "enterprise"):
        shop.v1.prices.update(shop.prices[plan], {"lookup_key": f"{plan}_key"})
        shop.world.run(
            "update prices set sellable = true, lookup_key = %s where provider_id = %s",
            *(f"{plan}_key", shop.prices[plan]),
        )
    shop.v1.prices.update(shop.prices["pro"], {"active": False})
    shop.settle()
    assert [shop.world.value(sellable, shop.prices[plan]) for plan in ("pro", "enterprise")] == [False, True]


def test_only_one_file_of_the_functions_imports_the_sdk() -> None:
    from pathlib import Path  # noqa: PLC0415 - for this one alone

    root = Path(payments.__file__).parents[2]
    importers = {
        path.name
        for folder in ("functions", "shared")
        for path in (root / folder).rglob("*.py")
        if any(line.startswith(("import stripe", "from stripe")) for line in path.read_text().splitlines())
    }
    assert importers == {"payments.py"}
    assert stripe.VERSION.startswith("16.")
