"""The same profile where the function's file also pays, and so imports Stripe's SDK at its top."""

import os
from typing import Any

from stripe import StripeClient

from bench.usual.profile import app, handler

__all__ = ["app", "handler"]

client = StripeClient(os.environ["STRIPE_API_KEY"])


@app.get("/functions/v1/billing/customers")
def list_customers() -> dict[str, Any]:
    """Return the first page of customers, as Stripe's page about its SDK does."""
    customers = client.v1.customers.list()
    return {"success": True, "data": [customer.to_dict() for customer in customers.data]}
