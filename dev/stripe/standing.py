"""The standing of a subscription: its status, what follows from its invoices, and what it entitles to."""

from dev.stripe import entitlements
from dev.stripe.account import Account
from dev.stripe.events import copy
from dev.stripe.shapes import Object

ENDED = {"canceled", "incomplete_expired"}


def change(account: Account, subscription: Object, before: Object, *further: str) -> None:
    """Tell what changed of a subscription, and with further events what that means; entitlements follow."""
    for kind in further:
        account.events.emit(f"customer.subscription.{kind}", subscription)
    account.events.changed("customer.subscription.updated", subscription, before)
    entitlements.refresh(account, subscription["customer"])


def put(account: Account, subscription: Object, status: str) -> None:
    """Give a subscription a status; the same again says nothing."""
    if subscription["status"] != status:
        before = copy(subscription)
        subscription["status"] = status
        change(account, subscription, before)


def pause(account: Account, subscription: Object, why: str) -> None:
    """Pause a subscription: nothing is provided and nothing is billed."""
    before = copy(subscription)
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {"subscription": {"type": why}, "transitioned_at": account.now, "type": "subscription"}
    }
    change(account, subscription, before, "paused")


def of_invoice(account: Account, invoice: Object) -> Object | None:
    """Return the subscription that an invoice is for, unless it has ended."""
    identifier = account.store.secrets[invoice["id"]].get("subscription")
    found = account.store.get("subscription", identifier) if identifier else None
    return None if found is None or found["status"] in ENDED else found


def after_payment(account: Account, invoice: Object) -> None:
    """An invoice is paid: its subscription is in order again if that was the latest, and nothing else is owed."""
    subscription = of_invoice(account, invoice)
    if subscription is None or subscription["status"] in {"trialing", "paused"}:
        return
    if subscription["status"] == "unpaid" and subscription["latest_invoice"] != invoice["id"]:
        return
    if subscription["status"] == "past_due" and _owed(account, subscription, invoice):
        return
    put(account, subscription, "active")


def _owed(account: Account, subscription: Object, but: Object) -> bool:
    return any(
        invoice["status"] == "open" and invoice["attempted"] and invoice is not but
        for invoice in account.store.of("invoice", subscription["customer"])
        if account.store.secrets[invoice["id"]].get("subscription") == subscription["id"]
    )


def after_failure(account: Account, invoice: Object) -> None:
    """An invoice could not be paid: the first one leaves its subscription incomplete, a later one past due."""
    subscription = of_invoice(account, invoice)
    # What only waits for its payment is no debt: the subscription goes on as if nobody had asked.
    waits = "pending update" in account.store.secrets[invoice["id"]]
    if subscription and subscription["status"] == "active" and not waits:
        put(account, subscription, "past_due")
