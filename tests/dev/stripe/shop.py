"""A shop on a double of Stripe: a product with prices, and customers who subscribe."""

from dataclasses import dataclass
from typing import Any

import stripe

from dev.stripe.double import Double
from dev.stripe.shapes import Object

NOW = 1_790_000_000  # 21 September 2026


@dataclass
class Shop:
    double: Double
    client: stripe.StripeClient
    product: str
    monthly: str
    bigger: str
    yearly: str

    @property
    def v1(self) -> Any:
        return self.client.v1

    def customer(self, card: str | None = "pm_card_visa") -> str:
        made: str = self.v1.customers.create({"email": "ada@example.com", "metadata": {"org": "1"}}).id
        if card:
            self.use_card(made, card)
        return made

    def use_card(self, customer: str, card: str) -> None:
        method = self.v1.payment_methods.attach(card, {"customer": customer})
        self.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})

    def subscribe(self, customer: str, **further: Any) -> Any:
        return self.v1.subscriptions.create({"customer": customer, "items": [{"price": self.monthly}], **further})

    def checkout(self, customer: str | None = None, **further: Any) -> Any:
        params = {
            "mode": "subscription",
            "line_items": [{"price": self.monthly, "quantity": 1}],
            "success_url": "https://app.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://app.example/plans",
        }
        return self.v1.checkout.sessions.create({**params, **({"customer": customer} if customer else {}), **further})

    def status(self, subscription: str) -> str:
        status: str = self.v1.subscriptions.retrieve(subscription).status
        return status

    def kinds(self, since: int = 0) -> list[str]:
        return [event["type"] for event in self.double.events()[since:]]

    def last(self, kind: str) -> Object:
        return self.double.events(kind)[-1]


def open_shop(double: Double, client: stripe.StripeClient | None = None) -> Shop:
    """Make the product and the prices."""
    reached = client or double.client()
    product = reached.v1.products.create({"name": "Pro"}).id

    def price(amount: int, interval: Any, key: str) -> str:
        made = reached.v1.prices.create(
            {
                "product": product,
                "unit_amount": amount,
                "currency": "usd",
                "recurring": {"interval": interval},
                "lookup_key": key,
            }
        )
        return made.id

    return Shop(
        double, reached, product, price(2000, "month", "pro"), price(5000, "month", "big"), price(50000, "year", "year")
    )
