"""The customer portal, clicked through."""

from typing import Any

from tests.dev.stripe.browser import Browser, path
from tests.dev.stripe.shop import Shop

FEATURES: dict[str, Any] = {
    "customer_update": {"enabled": True, "allowed_updates": ["email"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "cancellation_reason": {"enabled": True, "options": ["unused"]}},
    "subscription_pause": {"enabled": True},
    "subscription_update": {
        "enabled": True,
        "default_allowed_updates": ["price", "quantity"],
        "proration_behavior": "always_invoice",
    },
}


def portal(shop: Shop, customer: str, **further: Any) -> str:
    updates = {**FEATURES["subscription_update"], "products": [{"product": shop.product, "prices": [shop.bigger]}]}
    features = FEATURES | {"subscription_update": updates}
    configuration = shop.v1.billing_portal.configurations.create({"features": features})
    wish = {"customer": customer, "configuration": configuration.id, "return_url": "https://app.example/billing"}
    return path(shop.v1.billing_portal.sessions.create({**wish, **further}).url)


def test_the_portal_changes_pauses_cancels_and_takes_back(shop: Shop, browser: Browser) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    address = portal(shop, customer)
    page = browser.get(address)
    assert "Cancel plan" in page.text
    assert "https://app.example/billing" in page.text

    def click(**given: str) -> str:
        answer = browser.post(address, data={"subscription": subscription, **given})
        assert 'class="good"' in answer.text
        return answer.text

    click(action="cancel", feedback="unused")
    ending = shop.v1.subscriptions.retrieve(subscription)
    assert (ending.cancel_at_period_end, ending.cancellation_details.feedback) == (True, "unused")
    click(action="renew")
    click(action="update", price=shop.bigger, quantity="3")
    changed = shop.v1.subscriptions.retrieve(subscription)["items"].data[0]
    assert (changed.price.id, changed.quantity) == (shop.bigger, 3)
    click(action="pause")
    assert shop.status(subscription) == "paused"
    click(action="resume")
    click(action="details", email="new@example.com")
    click(action="card", card="mastercard")
    assert "ending in 4444" in browser.get(address).text
    assert shop.v1.customers.retrieve(customer).email == "new@example.com"


def test_the_portal_allows_what_is_configured_and_nothing_of_others(shop: Shop, browser: Browser) -> None:
    customer, stranger = shop.customer(), shop.customer()
    mine, theirs = shop.subscribe(customer).id, shop.subscribe(stranger).id
    address = portal(shop, customer)
    for given in (
        {"action": "cancel", "subscription": theirs},
        {"action": "update", "subscription": mine, "price": shop.yearly},
        {"action": "nothing", "subscription": mine},
        {"action": "card", "card": "declined"},
    ):
        assert 'class="bad"' in browser.post(address, data=given).text
    assert shop.status(theirs) == "active"
    shop.double.advance(seconds=3601)
    assert browser.get(address).status_code == 410


def test_a_deep_link_shows_one_thing_and_leads_on(shop: Shop, browser: Browser) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer).id
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": subscription},
        "after_completion": {"type": "redirect", "redirect": {"return_url": "https://app.example/left"}},
    }
    address = portal(shop, customer, flow_data=flow)
    assert "Change plan" not in browser.get(address).text
    done = browser.post(address, data={"action": "cancel", "subscription": subscription, "feedback": "unused"})
    assert done.headers["location"] == "https://app.example/left"
