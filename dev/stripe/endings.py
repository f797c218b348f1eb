"""How subscriptions end: canceled by somebody, by the end of a period, by unpaid invoices, or never begun."""

from dev.stripe import invoice_ends, invoice_lines, invoices, standing
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.entitlements import refresh
from dev.stripe.events import copy
from dev.stripe.members import put
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object


def cancel(account: Account, subscription: Object, *, reason: str = "cancellation_requested") -> Object:
    """End a subscription now. Its invoices are collected no further, but stay owed."""
    details = subscription["cancellation_details"]
    details["reason"] = details["reason"] or reason
    subscription |= {
        "status": "canceled",
        "ended_at": account.now,
        "canceled_at": subscription["canceled_at"] or account.now,
        "pending_update": None,
    }
    for invoice in account.store.of("invoice", subscription["customer"]):
        if invoice["status"] in {"draft", "open"} and _is_of(account, invoice, subscription):
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
    account.events.emit("customer.subscription.deleted", subscription)
    refresh(account, subscription["customer"])
    return subscription


def _is_of(account: Account, invoice: Object, subscription: Object) -> bool:
    return bool(account.store.secrets[invoice["id"]].get("subscription") == subscription["id"])


def require_running(account: Account, identifier: str) -> Object:
    """Return a subscription that has not ended, or refuse as Stripe does: as if it were not there."""
    found = account.store.get("subscription", identifier)
    if found["status"] in standing.ENDED:
        raise Refused(f"No such subscription: '{identifier}'", status=404, code="resource_missing", param="id")
    return found


def delete(account: Account, subscription: str, params: Parameters) -> Object:
    """Cancel at once; `prorate` gives back the rest of the period, `invoice_now` bills what is left."""
    found = require_running(account, subscription)
    put(found["cancellation_details"], params.get("cancellation_details", {}), ("comment", "feedback"))
    pending = account.store.secrets[subscription].setdefault("pending lines", [])
    if params.get("prorate") and found["status"] != "trialing":
        for item in found["items"]["data"]:
            pending += invoice_lines.part(account, item, subscription, account.now, -1)
    if params.get("invoice_now"):
        pending += invoice_lines.used(account, found, found["items"]["data"])
        if pending:
            _bill_last(account, found, pending)
    return cancel(account, found)


def _bill_last(account: Account, subscription: Object, lines: list[Object]) -> None:
    """Draw up the last invoice. What it gives back becomes the customer's credit."""
    customer = account.store.live("customer", subscription["customer"], "customer")
    invoice = invoices.draw(account, customer, list(lines), "subscription_update", subscription)
    lines.clear()
    invoices.finalize(account, invoice)
    if not invoice["amount_due"]:
        invoice_ends.settle(account, invoice)


def expire_incomplete(account: Account, identifier: str) -> None:
    """Nobody paid the first invoice within 23 hours: there was never a subscription."""
    found = account.store.get("subscription", identifier)
    if found["status"] != "incomplete":
        return
    before = copy(found)
    found |= {"status": "incomplete_expired", "ended_at": account.now, "canceled_at": account.now}
    invoice_ends.void(account, account.store.get("invoice", found["latest_invoice"]))
    standing.change(account, found, before)
