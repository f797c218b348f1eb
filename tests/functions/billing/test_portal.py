from typing import Any

import pytest

from functions.billing import portal
from shared import config
from tests.functions.billing.selling import Buyer, Counter
from tests.shared.asgi import ask


@pytest.fixture
def pinned(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> str:
    made = counter.shop.v1.billing_portal.configurations.create(
        {
            "default_return_url": "https://app.example.com",
            "features": {
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {"enabled": True},
                "subscription_update": {"enabled": True, "default_allowed_updates": ["price"], "products": ""},
            },
        }
    )
    monkeypatch.setenv("STRIPE_PORTAL_CONFIGURATION", made.id)
    monkeypatch.setenv("APP_ORIGINS", "https://eu.example.com, https://us.example.com")
    config.settings.cache_clear()
    return made.id


@pytest.fixture
def buyer(counter: Counter, pinned: str) -> Buyer:  # noqa: ARG001 - the environment it stands in
    made = counter.buyer()
    counter.buy(made)
    return made


def opened(counter: Counter) -> Any:
    return list(counter.shop.double.account.store.all("billing_portal.session"))[-1]


def test_the_portal_is_the_pinned_one_and_leads_back_to_us(counter: Counter, buyer: Buyer, pinned: str) -> None:
    answer = counter.post("/billing/portal", buyer, returnPath="/settings?tab=billing")
    assert answer.status == 200, answer.body
    session = opened(counter)
    assert answer.json()["data"] == {"url": session["url"]}
    assert (session["configuration"], session["flow"]) == (pinned, None)
    assert session["return_url"] == "http://127.0.0.1:3000/settings?tab=billing"


@pytest.mark.parametrize(
    ("flow", "kind"),
    [
        ("payment_method", "payment_method_update"),
        ("change_plan", "subscription_update"),
        ("cancel", "subscription_cancel"),
    ],
)
def test_a_link_can_lead_to_one_act(counter: Counter, buyer: Buyer, flow: str, kind: str) -> None:
    assert counter.post("/billing/portal", buyer, flow=flow).status == 200
    assert opened(counter)["flow"]["type"] == kind


@pytest.mark.parametrize(
    ("origin", "at"),
    [
        ("https://us.example.com", "https://us.example.com"),
        ("https://evil.example", "http://127.0.0.1:3000"),
        ("https://us.example.com.evil.example", "http://127.0.0.1:3000"),
    ],
)
def test_it_leads_back_to_the_client_that_asked_if_it_is_ours(
    counter: Counter, buyer: Buyer, origin: str, at: str
) -> None:
    token = counter.world.sign(buyer.person.claims())
    headers = [("Authorization", f"Bearer {token}"), ("Origin", origin), ("Content-Type", "application/json")]
    body = f'{{"orgId": "{buyer.org}", "returnPath": "/back"}}'.encode()
    assert ask(portal.app, "POST", "/billing/portal", headers, body).status == 200
    assert opened(counter)["return_url"] == f"{at}/back"


def test_nobody_opens_another_organization_s(counter: Counter, buyer: Buyer) -> None:
    body = {"orgId": str(buyer.org)}
    assert counter.ask(portal.app, "POST", "/billing/portal", None, body).status == 401
    assert counter.ask(portal.app, "POST", "/billing/portal", counter.world.person(), body).status == 404
    assert (
        counter.ask(portal.app, "POST", "/billing/portal", counter.world.member(buyer.org, "admin"), body).status == 403
    )


@pytest.mark.parametrize("body", [{}, {"flow": "cancel"}])
def test_who_never_bought_is_sent_to_the_checkout(counter: Counter, pinned: str, body: dict[str, Any]) -> None:  # noqa: ARG001 - the environment it stands in
    answer = counter.post("/billing/portal", counter.buyer(), **body)
    assert answer.status == 409
    assert "/billing/checkout" in answer.message


def test_without_a_subscription_there_is_nothing_to_cancel(counter: Counter, buyer: Buyer) -> None:
    counter.shop.v1.subscriptions.cancel(counter.seen(buyer)["providerId"])
    counter.shop.settle()
    assert counter.post("/billing/portal", buyer, flow="cancel").status == 409
    assert counter.post("/billing/portal", buyer, flow="sideways").status == 400
