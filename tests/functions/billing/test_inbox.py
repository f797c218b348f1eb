from typing import Any

import pytest

from shared import config
from tests.functions.billing.shop import PATH, SECRET, Shop
from tests.functions.billing.test_webhooks import event, send

STATUS = "select status, reason, customer_ref, livemode, api_version from private.webhook_events where event_id = %s"


def row(shop: Shop, said: dict[str, Any]) -> tuple[Any, ...]:
    found = shop.world.connection.execute(STATUS, [said["id"]]).fetchone()
    assert found
    return tuple(found)


def test_an_event_of_the_other_mode_touches_nothing(shop: Shop) -> None:
    said = event(shop.customer().id, livemode=True)
    assert send(said).status == 200
    assert row(shop, said)[:2] == ("ignored", "of the other mode")
    assert row(shop, said)[3:] == (True, "2026-10-28.endive")
    assert shop.world.value("select count(*) from private.jobs") == 0


def test_a_function_of_the_other_mode_is_refused_loudly(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE", "true")
    config.settings.cache_clear()
    said = event(shop.customer().id, livemode=True)
    assert send(said).status == 503
    assert shop.world.value("select count(*) from private.webhook_events where event_id = %s", said["id"]) == 0


def test_types_and_customers_that_nobody_knows_are_kept_and_ignored(shop: Shop) -> None:
    stranger, unheard = event("cus_of_another_product"), event(None, type="v9.of.the.future", data={"object": {}})
    catalog = event(None, type="price.updated", data={"object": {"id": "price_1", "object": "price"}})
    assert {send(each).status for each in (stranger, unheard, catalog)} == {200}
    assert row(shop, stranger)[:2] == ("ignored", "of a customer that is not ours")
    assert row(shop, unheard)[:2] == ("ignored", "of no customer")
    assert row(shop, catalog)[:2] == ("ignored", "the catalog is compared")


def test_an_upcoming_invoice_has_no_id_and_is_its_customers(shop: Shop) -> None:
    customer = shop.customer()
    said = event(type="invoice.upcoming", data={"object": {"object": "invoice", "customer": customer.id}})
    assert send(said).status == 200
    assert row(shop, said)[:3] == ("waiting", None, customer.id)


def test_thin_events_lead_to_their_customer(shop: Shop) -> None:
    customer = shop.customer()
    shop.double.listen("https://example.test" + PATH, secret=SECRET, thin=True)
    shop.double.deliverer.drop = lambda _: False
    shop.subscribe(customer)
    # Only what came thin: the snapshots of the same events are lost.
    for endpoint in list(shop.double.account.store.all("webhook_endpoint"))[:1]:
        lost = [each for each in shop.double.deliverer.waiting if each.endpoint == endpoint["id"]]
        for each in lost:
            shop.double.deliverer.waiting.remove(each)
    shop.settle()
    assert set(shop.statuses) == {200}
    assert shop.plan(customer) == "pro"
    waiting = "select count(*) from private.webhook_events where status = 'waiting'"
    assert shop.world.value(waiting) == 0


def test_refunds_and_disputes_find_their_customer_and_invoice(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    charge = next(iter(shop.double.account.store.all("charge")))["id"]
    state = "select (amount_refunded, disputed)::text from invoices where org_id = %s"
    refund = shop.v1.refunds.create({"charge": charge, "amount": 500})
    shop.settle()
    assert shop.world.value(state, customer.org) == "(500,f)"
    shop.double.fail_refund(refund.id)
    shop.settle()
    assert shop.world.value(state, customer.org) == "(0,f)"
    dispute = shop.double.dispute(charge)
    shop.settle()
    assert shop.world.value(state, customer.org) == "(0,t)"
    shop.double.decide(dispute["id"], won=True)
    shop.settle()
    assert shop.world.value(state, customer.org) == "(0,f)"
