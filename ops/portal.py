"""The customer portal as we pin it: what customers may do there. `python -m ops.portal` makes it and prints its id."""

import argparse
import os
from typing import Any

from functions.billing import payments
from ops.catalog import API
from ops.catalog_provider import Shelf

REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]


def make(client: payments.Client, shelf: Shelf, back: str) -> str:
    """Make the configuration for what is on the shelf, with `back` as the way home, and return its id, bpc_...

    Quantities are left out: our seats are counted by us, and fewer than are in use are never bought.
    """
    sold: dict[str, list[str]] = {}
    for price in shelf.prices.values():
        sold.setdefault(str(price.product), []).append(price.id)
    asked: dict[str, Any] = {
        "default_return_url": back,
        "features": {
            "customer_update": {"enabled": True, "allowed_updates": ["address", "email", "tax_id"]},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "subscription_cancel": {
                "enabled": True,
                "mode": "at_period_end",
                "cancellation_reason": {"enabled": True, "options": REASONS},
            },
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price", "promotion_code"],
                "proration_behavior": "always_invoice",
                "products": [{"product": product, "prices": prices} for product, prices in sold.items()],
            },
        },
    }
    made = payments.ask(lambda: client.v1.billing_portal.configurations.create(asked))  # type: ignore[arg-type] # written out
    return made.id


def main() -> int:
    """Make a configuration at the account of STRIPE_SECRET_KEY."""
    parser = argparse.ArgumentParser(prog="python -m ops.portal", description=__doc__)
    parser.add_argument("back", help="the page that the portal leads back to, such as https://app.example.com/billing")
    arguments = parser.parse_args()
    if not os.environ.get("STRIPE_SECRET_KEY"):
        parser.error("set STRIPE_SECRET_KEY to a key that may write portal configurations")
    client = payments.connect(os.environ["STRIPE_SECRET_KEY"], os.environ.get("STRIPE_API_BASE") or API)
    print(f"STRIPE_PORTAL_CONFIGURATION={make(client, Shelf(client), arguments.back)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
