"""Collecting invoices: tries to be paid, what a try leads to, and when the next one is."""

from dev.stripe import endings, invoice_ends, invoices, payment_intents, payment_methods, pending_updates, standing
from dev.stripe.account import Account
from dev.stripe.shapes import Object


def advance(account: Account, identifier: str) -> None:
    """Finalize a draft whose hour is over, and collect it."""
    invoice = account.store.get("invoice", identifier)
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        issue(account, invoice)


def issue(account: Account, invoice: Object, method: str | None = None, *, present: bool = False) -> str:
    """Finalize a draft and collect it; return the invoice's status."""
    invoices.finalize(account, invoice)
    if invoice["collection_method"] == "send_invoice" and invoice["amount_due"]:
        account.events.emit("invoice.sent", invoice)
        return "open"
    return collect(account, invoice, method, present=present)


def collect(account: Account, invoice: Object, method: str | None = None, *, present: bool = False) -> str:
    """Try to have an open invoice paid, and return its status."""
    intent = invoices.intent_of(account, invoice)
    if intent is None:
        _paid(account, invoice, 0)
        return "paid"
    subscription = standing.of_invoice(account, invoice)
    chosen = method or payment_methods.default_of(account, subscription, invoice["customer"])
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    outcome = "requires_payment_method"
    if chosen:
        outcome = payment_intents.attempt(account, intent, chosen, present=present)
    follow(account, invoice, outcome, present=present)
    status: str = invoice["status"]
    return status


def follow(account: Account, invoice: Object, outcome: str, *, present: bool = False) -> None:
    """Draw the consequences of what became of an invoice's payment intent."""
    if outcome == "succeeded":
        _paid(account, invoice, invoice["amount_due"])
    elif outcome == "processing":
        subscription = standing.of_invoice(account, invoice)
        if subscription and subscription["status"] == "incomplete":
            standing.put(account, subscription, "active")
    elif invoice["status"] == "open":
        _unpaid(account, invoice, wants_person=outcome == "requires_action", present=present)


def _paid(account: Account, invoice: Object, received: int) -> None:
    invoice_ends.settle(account, invoice, received=received)
    pending_updates.apply(account, invoice)
    standing.after_payment(account, invoice)


def _unpaid(account: Account, invoice: Object, *, wants_person: bool, present: bool) -> None:
    """Tell of the failure and plan the next try; a first invoice is tried again by nobody but its buyer."""
    first = invoice["billing_reason"] == "subscription_create"
    retries = account.settings.retries
    count = invoice["attempt_count"]
    again = not first and invoice["auto_advance"] and 0 < count <= len(retries)
    invoice["next_payment_attempt"] = account.now + retries[count - 1] if again else None
    if again:
        account.later(invoice["next_payment_attempt"], retry, invoice["id"])
    if wants_person:
        account.events.emit("invoice.payment_action_required", invoice)
    if not (wants_person and present):
        account.events.emit("invoice.payment_failed", invoice)
    standing.after_failure(account, invoice)
    if count > len(retries) and not first:
        _give_up(account, invoice)


def retry(account: Account, identifier: str) -> None:
    """Try again on the appointed day, unless the invoice was dealt with."""
    invoice = account.store.get("invoice", identifier)
    if invoice["status"] == "open" and invoice["next_payment_attempt"] == account.now:
        collect(account, invoice)


def _give_up(account: Account, invoice: Object) -> None:
    """Do what the settings say after the last try."""
    subscription = standing.of_invoice(account, invoice)
    if subscription is None:
        return
    if account.settings.after_retries == "cancel":
        endings.cancel(account, subscription, reason="payment_failed")
    elif account.settings.after_retries == "unpaid":
        standing.put(account, subscription, "unpaid")
