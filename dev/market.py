"""Billing in the embedded stack: the double of Stripe with our catalog on its shelf, or Stripe where its key is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg

from dev import probes
from dev.stripe import child
from functions.billing import payments
from ops import catalog_file, catalog_mirror, portal
from ops.catalog_provider import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dev.children import Child
    from dev.keyring import Keyring
    from dev.ports import Ports
    from dev.stack import Stack

KEY = "sk_test_double"
# With these in the environment of `make dev`, and with the first of them, everything talks to Stripe.
REAL = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_PORTAL_CONFIGURATION", "STRIPE_AUTOMATIC_TAX")


def is_real() -> bool:
    """Tell whether Stripe itself is used."""
    return bool(os.environ.get(REAL[0]))


def settings(ports: Ports, keyring: Keyring) -> Mapping[str, str]:
    """Return what a function that bills is told."""
    if is_real():
        return {name: os.environ[name] for name in REAL if name in os.environ}
    return {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": keyring.stripe_secret,
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports.stripe}",
    }


def start(stack: Stack) -> Child | None:
    """Start the double, unless Stripe itself is used."""
    if is_real() or "billing" not in stack.units:
        return None
    # Tests hand on what they want delivered, when they want it.
    webhook = f"{stack.functions_url}/billing/webhooks/stripe"
    return child.start(stack.children, stack.ports.stripe, stack.keyring.stripe_secret, webhook)


def open_(stack: Stack, double: Child) -> str:
    """Put the catalog on the double's shelf and into our tables; return its portal's configuration.

    A double begins without memory, so our rows of what the one before it knew go first.
    """
    probes.wait_until_answers(double, f"{stack.stripe_url}/_double/state")
    client = payments.connect(KEY, stack.stripe_url)
    shelf, catalog = Shelf(client), catalog_file.read()
    for change in shelf.changes(catalog):
        change.make()
    shelf.look()
    with psycopg.connect(stack.database_url(), autocommit=True) as connection:
        connection.execute("delete from public.billing_customers where not livemode")
        catalog_mirror.write(connection, catalog_mirror.wanted(catalog, shelf), live=False)
    return portal.make(client, shelf, stack.project.site_url)
