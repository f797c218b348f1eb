"""Changes of a subscription that wait for their payment: `payment_behavior=pending_if_incomplete`."""

from dev.stripe import standing, subscription_items
from dev.stripe.account import Account
from dev.stripe.clock import HOUR
from dev.stripe.events import copy
from dev.stripe.invoice_ends import void
from dev.stripe.shapes import Object

WAITS = 23 * HOUR


def wait(account: Account, subscription: Object, items: list[Object], invoice: Object) -> None:
    """Keep the items of a change until its invoice is paid, for 23 hours."""
    subscription["pending_update"] = {
        "billing_cycle_anchor": None,
        "cancel_at_period_end": None,
        "discounts": None,
        "expires_at": account.now + WAITS,
        "metadata": None,
        "subscription_items": items,
        "trial_end": None,
        "trial_from_plan": None,
    }
    account.store.secrets[invoice["id"]]["pending update"] = subscription["id"]
    account.later(account.now + WAITS, expire, invoice["id"])


def apply(account: Account, invoice: Object) -> None:
    """The invoice was paid: what waited for it is done."""
    subscription = _waiting(account, invoice)
    if subscription is None:
        return
    before = copy(subscription)
    items = subscription["pending_update"]["subscription_items"]
    subscription_items.put(account, subscription, items)
    subscription["pending_update"] = None
    standing.change(account, subscription, before, "pending_update_applied")


def expire(account: Account, identifier: str) -> None:
    """Nobody paid in time: the invoice is taken back, and nothing changes."""
    invoice = account.store.get("invoice", identifier)
    subscription = _waiting(account, invoice)
    if subscription is None:
        return
    before = copy(subscription)
    subscription["pending_update"] = None
    if invoice["status"] == "open":
        void(account, invoice)
    standing.change(account, subscription, before, "pending_update_expired")


def _waiting(account: Account, invoice: Object) -> Object | None:
    identifier = account.store.secrets[invoice["id"]].pop("pending update", None)
    found = account.store.get("subscription", identifier) if identifier else None
    return found if found and found["pending_update"] else None
