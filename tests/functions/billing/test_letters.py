from typing import Any

import pytest

from tests.functions.billing.shop import Customer, Shop
from tests.mailing import Mailing, mailing

__all__ = ["mailing"]
DAY = 86_400


def told(shop: Shop, customer: Customer) -> list[str]:
    """Return the kinds of mail that were written for a customer, in the order of their names."""
    rows = shop.world.connection.execute(
        "select kind from private.outbox where kind like 'mail.%%' and payload ->> 'org_id' = %s order by 1",
        [str(customer.org)],
    )
    return [kind for (kind,) in rows]


def key_of(shop: Shop, customer: Customer, kind: str) -> str:
    return str(
        shop.world.value(
            "select dedupe_key from private.outbox where kind = %s and payload ->> 'org_id' = %s",
            kind,
            str(customer.org),
        )
    )


def received(shop: Shop, customer: Customer, mailing: Mailing, kind: str) -> list[dict[str, Any]]:
    mailing.send(key_of(shop, customer, kind))
    owner = shop.world.value("select user_id from memberships where org_id = %s", customer.org)
    return mailing.received(f"{owner}@example.com")


def test_a_receipt_is_sent_once_however_often_it_is_heard_of(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.double.deliverer.mode = "duplicated"
    shop.settle()
    shop.world.value("select private.refresh_customer('stripe', false, %s)", customer.id)
    shop.work()
    assert told(shop, customer) == ["mail.receipt"]
    mail = received(shop, customer, mailing, "mail.receipt")[0]
    assert mail["subject"] == "Receipt of Acme: 19.00 USD"


def test_a_failed_renewal_says_what_to_do_until_it_is_paid(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    shop.double.behave(customer.id, "declined")
    shop.double.advance(days=32)
    # The double's time is ahead of the database's, for which nothing of this is too old to be told.
    shop.settle()
    assert shop.row(customer) == "past_due"
    assert "mail.payment_failed" in told(shop, customer)
    mail = received(shop, customer, mailing, "mail.payment_failed")[0]
    assert mail["subject"] == "A payment of Acme failed: 19.00 USD"
    shop.double.behave(customer.id, None)
    invoice = shop.v1.invoices.list({"customer": customer.id}).data[0]
    shop.v1.invoices.pay(invoice.id)
    shop.settle()
    assert shop.row(customer) == "active"
    found = shop.world.value(
        "select private.mail_of_invoice(o) from private.outbox as o"
        " where kind = 'mail.payment_failed' and payload ->> 'org_id' = %s",
        str(customer.org),
    )
    assert found is None


def test_a_renewal_that_the_bank_asks_about_waits_for_its_buyer(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    shop.double.behave(customer.id, "3ds")
    shop.double.advance(days=32)
    shop.settle()
    kinds = told(shop, customer)
    assert "mail.payment_action" in kinds
    assert "mail.payment_failed" not in kinds
    assert "waits for you" in received(shop, customer, mailing, "mail.payment_action")[0]["subject"]


def test_a_trial_that_ends_is_told_by_event_and_by_the_clock_once(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    shop.subscribe(customer, trial_period_days=2)
    shop.settle()
    assert told(shop, customer) == ["mail.trial_ending"]
    shop.door.call("jobs_tell_customers", {}, role="job_runner")
    assert told(shop, customer) == ["mail.trial_ending"]
    assert received(shop, customer, mailing, "mail.trial_ending")[0]["subject"].startswith("The trial of Acme ends on")


def test_an_end_is_told(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.settle()
    shop.v1.subscriptions.cancel(subscription)
    shop.settle()
    assert (
        received(shop, customer, mailing, "mail.subscription_canceled")[0]["subject"]
        == "The subscription of Acme ended"
    )


def test_a_card_that_expires_is_told_of_while_it_pays(shop: Shop, mailing: Mailing) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    statement = "update billing_customers set card_expires_on = now()::date + 5 where org_id = %s"
    shop.world.run(statement, customer.org)
    assert shop.door.call("jobs_tell_customers", {}, role="job_runner") == 1
    assert "expires at the end of" in received(shop, customer, mailing, "mail.card_expiring")[0]["subject"]


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (1900, "usd", "19.00 USD"),
        (5, "eur", "0.05 EUR"),
        (1900, "jpy", "1,900 JPY"),
        (1230, "kwd", "1.230 KWD"),
        (190000, "ugx", "1,900.00 UGX"),
        (-450, "usd", "-4.50 USD"),
    ],
)
def test_money_is_said_in_its_own_units(shop: Shop, amount: int, currency: str, said: str) -> None:
    assert shop.world.value("select private.money(%s, %s)", amount, currency) == said
