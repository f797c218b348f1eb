"""What can be asked of an invoice: finalize, pay, send, void, give up."""

from dev.stripe import collection, invoice_ends, invoices
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata
from dev.stripe.refusal import Refused, declined
from dev.stripe.shapes import Object


def _in(account: Account, invoice: str, *statuses: str) -> Object:
    found = account.store.get("invoice", invoice)
    if found["status"] not in statuses:
        if found["status"] == "paid":
            raise Refused("Invoice is already paid", code="invoice_already_paid")
        raise Refused(f"This invoice is {found['status']}, not {' or '.join(statuses)}.", code="invoice_not_editable")
    return found


def retrieve(account: Account, invoice: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("invoice", invoice)


def update(account: Account, invoice: str, params: Parameters) -> Object:
    """Change its metadata or whether it advances by itself."""
    found = account.store.get("invoice", invoice)
    before = copy(found)
    found["metadata"] = metadata(params, found["metadata"])
    found["auto_advance"] = params.get("auto_advance", found["auto_advance"])
    account.events.changed("invoice.updated", found, before)
    return found


def finalize(account: Account, invoice: str, params: Parameters) -> Object:
    """Finalize a draft without waiting for its hour; it is collected unless it does not advance by itself."""
    found = _in(account, invoice, "draft")
    found["auto_advance"] = params.get("auto_advance", found["auto_advance"])
    if found["auto_advance"]:
        collection.issue(account, found)
    else:
        invoices.finalize(account, found)
    return found


def pay(account: Account, invoice: str, params: Parameters) -> Object:
    """Pay now; a refusal of the card is the answer, and is recorded nevertheless."""
    found = _in(account, invoice, "draft", "open", "uncollectible")
    if found["status"] == "draft":
        invoices.finalize(account, found)
    if params.get("paid_out_of_band"):
        collection.follow(account, found, "succeeded")
        return found
    found["status"] = "open"
    if method := params.get("payment_method"):
        account.store.get("payment_method", method, "payment_method")
    if collection.collect(account, found, params.get("payment_method"), present=True) != "paid":
        _complain(account, found)
    return found


def _complain(account: Account, invoice: Object) -> None:
    intent = invoices.intent_of(account, invoice) or {}
    if intent.get("status") == "requires_action":
        raise Refused(
            "Payment for this invoice requires additional user action before it can be completed successfully.",
            status=402,
            kind="card_error",
            code="invoice_payment_intent_requires_action",
        )
    if intent.get("status") != "processing":
        error = intent.get("last_payment_error") or {}
        raise declined(error.get("decline_code", "generic_decline"))


def send(account: Account, invoice: str, _: Parameters) -> Object:
    """Mail it, so to speak."""
    found = _in(account, invoice, "draft", "open")
    if found["status"] == "draft":
        invoices.finalize(account, found)
    account.events.emit("invoice.sent", found)
    return found


def void(account: Account, invoice: str, _: Parameters) -> Object:
    """Take it back."""
    return invoice_ends.void(account, _in(account, invoice, "open", "uncollectible"))


def mark_uncollectible(account: Account, invoice: str, _: Parameters) -> Object:
    """Give up hope."""
    return invoice_ends.write_off(account, _in(account, invoice, "open"))
