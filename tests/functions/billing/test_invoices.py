from typing import Any
from uuid import uuid4

import pytest

from dev.stripe import checkout_visits
from functions.billing import checkout, invoices
from shared import config
from tests.functions.billing.selling import Buyer, Counter


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    made = counter.buyer()
    counter.buy(made)
    return made


def listed(counter: Counter, buyer: Buyer, **query: Any) -> Any:
    return counter.get("/billing/invoices", buyer.person, orgId=buyer.org, **query).json()["data"]


def test_invoices_come_from_our_rows(counter: Counter, buyer: Buyer) -> None:
    asked = len(counter.shop.double.api.seen)
    (invoice,) = listed(counter, buyer)["items"]
    assert (invoice["status"], invoice["total"], invoice["amountPaid"], invoice["currency"]) == (
        "paid",
        2000,
        2000,
        "usd",
    )
    assert len(counter.shop.double.api.seen) == asked


def test_they_come_in_pages(counter: Counter, buyer: Buyer) -> None:
    counter.shop.double.advance(days=65)
    counter.shop.settle()
    first = listed(counter, buyer, limit=2)
    second = listed(counter, buyer, limit=2, cursor=first["nextCursor"])
    assert (first["hasMore"], second["hasMore"]) == (True, False)
    assert len({each["id"] for each in first["items"] + second["items"]}) == 3


def test_links_are_fresh_and_for_who_may_see_the_invoice(counter: Counter, buyer: Buyer) -> None:
    invoice = listed(counter, buyer)["items"][0]["id"]
    path = f"/billing/invoices/{invoice}/links"
    told = counter.get(path, buyer.person).json()["data"]
    assert told["hostedUrl"].startswith("http")
    assert told["pdfUrl"].startswith("http")
    other = counter.buyer()
    counter.buy(other)
    assert counter.get(path, other.person).status == 404
    assert counter.get(path, counter.world.member(buyer.org, "member")).status == 404
    assert counter.get(path, None).status == 401
    assert counter.get(f"/billing/invoices/{uuid4()}/links", buyer.person).status == 404


def test_somebody_else_s_are_not_listed(counter: Counter, buyer: Buyer) -> None:
    assert counter.get("/billing/invoices", counter.world.person(), orgId=buyer.org).json()["data"]["items"] == []
    assert counter.ask(invoices.app, "GET", "/billing/invoices", None).status == 401


def test_taxes_are_worked_out_where_that_is_set(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_AUTOMATIC_TAX", "true")
    config.settings.cache_clear()
    body = {"lookupKey": "shop_pro"}
    answer = counter.ask(checkout.app, "POST", "/billing/checkout", counter.buyer().person, body)
    assert answer.status == 200, answer.body
    assert counter.sessions()[0]["automatic_tax"]["enabled"] is True
    assert counter.sessions()[0]["tax_id_collection"]["enabled"] is True


def test_a_promotion_code_lowers_what_is_paid(counter: Counter) -> None:
    buyer = counter.buyer()
    coupon = counter.shop.v1.coupons.create({"percent_off": 50, "duration": "once"})
    promotion: Any = {"type": "coupon", "coupon": coupon.id}
    counter.shop.v1.promotion_codes.create({"promotion": promotion, "code": "HALF"})
    session = counter.begin(buyer).json()["data"]["sessionId"]
    checkout_visits.enter_code(counter.shop.double.account, session, "HALF")
    counter.shop.double.pay(session)
    counter.shop.settle()
    assert listed(counter, buyer)["items"][0]["total"] == 1000
