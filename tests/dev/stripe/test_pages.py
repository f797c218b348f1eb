"""The pages, clicked through as a browser would, without a script."""

import re
from html import unescape

from tests.dev.stripe.browser import Browser, path
from tests.dev.stripe.shop import Shop


def test_a_checkout_is_paid_and_leads_back(shop: Shop, browser: Browser) -> None:
    session = shop.checkout(allow_promotion_codes=True)
    page = browser.get(path(session.url))
    assert "Pay USD 20.00" in page.text
    assert "https://app.example/plans" in page.text
    done = browser.post(path(session.url), data={"action": "pay", "card": "ok", "email": "new@example.com"})
    assert (done.status_code, done.headers["location"]) == (303, f"https://app.example/done?session={session.id}")
    assert shop.v1.subscriptions.list().data[0].status == "active"
    assert "This checkout is paid" in browser.get(path(session.url)).text


def test_a_page_names_nothing_that_must_be_loaded(shop: Shop, browser: Browser) -> None:
    page = browser.get(path(shop.checkout(shop.customer()).url))
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert not re.search(r"<(script|link|img|iframe)", page.text)
    assert "prefers-color-scheme: dark" in page.text
    assert 'name="viewport"' in page.text


def test_a_declined_card_is_said_on_the_page(shop: Shop, browser: Browser) -> None:
    address = path(shop.checkout(shop.customer(None)).url)
    page = browser.post(address, data={"action": "pay", "card": "declined"})
    assert page.status_code == 402
    assert 'role="alert"' in page.text
    typed = browser.post(address, data={"action": "pay", "card": "ok", "number": "4000 0000 0000 9995"})
    assert "insufficient funds" in typed.text
    assert browser.post(address, data={"action": "pay", "number": "1234"}).status_code == 400


def test_3d_secure_asks_and_is_answered(shop: Shop, browser: Browser) -> None:
    address = path(shop.checkout(shop.customer(None)).url)
    asked = browser.post(address, data={"action": "pay", "card": "3ds"})
    assert "Your bank asks" in asked.text
    assert "declined" in browser.post(address, data={"action": "refuse"}).text
    browser.post(address, data={"action": "pay", "card": "3ds"})
    assert browser.post(address, data={"action": "confirm"}).status_code == 303


def test_what_is_shown_is_escaped(shop: Shop, browser: Browser) -> None:
    shop.v1.products.update(shop.product, {"name": "<script>alert(1)</script>"})
    page = browser.get(path(shop.checkout(shop.customer()).url))
    assert "<script" not in page.text
    assert "<script>alert(1)" in unescape(page.text)


def test_a_form_of_another_site_is_refused(shop: Shop, browser: Browser) -> None:
    address = path(shop.checkout(shop.customer(None)).url)
    answer = browser.post(address, data={"action": "pay"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert browser.post("/", data={"action": "advance", "days": "31"}, headers={"origin": "null"}).status_code == 403
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_hosted_invoice_can_be_paid_with_another_card(shop: Shop, browser: Browser) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    shop.use_card(customer, "pm_card_chargeCustomerFail")
    shop.double.advance(days=31)
    invoice = shop.v1.invoices.list({"customer": customer, "status": "open"}).data[0]
    address = path(invoice.hosted_invoice_url)
    assert browser.post(address, data={"action": "pay", "card": "fails_later"}).status_code == 402
    asked = browser.post(address, data={"action": "pay", "card": "3ds"}).headers["location"]
    assert "Confirm" in browser.get(asked).text
    assert browser.post(asked, data={"action": "confirm"}).headers["location"] == address
    assert (shop.status(subscription), shop.v1.invoices.retrieve(invoice.id).status) == ("active", "paid")
    assert browser.get(path(invoice.invoice_pdf)).content.startswith(b"%PDF-1.4")


def test_the_front_page_lets_time_pass_and_cards_fail(shop: Shop, browser: Browser) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    assert subscription in browser.get("/").text
    browser.post("/", data={"action": "behave", "customer": customer, "card": "fails_later"})
    browser.post("/", data={"action": "advance", "days": "31"})
    assert shop.status(subscription) == "past_due"
    assert "invoice.payment_failed" in browser.get("/").text
    charge = shop.v1.charges.list({"customer": customer}).data[-1]
    assert "USD 20.00" in browser.get(path(charge.receipt_url)).text


def test_what_does_not_exist_is_a_404(browser: Browser) -> None:
    for address in ("/c/pay/cs_none", "/p/session/bps_none", "/i/in_none", "/3ds/pi_none", "/nowhere"):
        assert browser.get(address).status_code == 404
