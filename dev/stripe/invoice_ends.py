"""How invoices end: paid, voided, or given up."""

from dev.stripe import invoices, payment_intents
from dev.stripe.account import Account
from dev.stripe.events import copy
from dev.stripe.shapes import Object


def settle(account: Account, invoice: Object, *, received: int = 0) -> None:
    """Nothing is owed of it any more."""
    before = copy(invoice)
    invoice |= {
        "status": "paid",
        "amount_paid": received,
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status_transitions": invoice["status_transitions"] | {"paid_at": account.now},
    }
    for payment in account.store.of("invoice_payment", invoice["id"]):
        payment |= {"status": "paid", "amount_paid": received}
        payment["status_transitions"]["paid_at"] = account.now
        account.events.emit("invoice_payment.paid", payment)
    previous = {"status": before["status"], "amount_paid": before["amount_paid"]}
    account.events.emit("invoice.updated", invoice, previous)
    account.events.emit("invoice.paid", invoice)
    account.events.emit("invoice.payment_succeeded", invoice)


def write_off(account: Account, invoice: Object) -> Object:
    """Give up hope, but not the claim."""
    invoice |= {"status": "uncollectible", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["marked_uncollectible_at"] = account.now
    account.events.emit("invoice.marked_uncollectible", invoice, {"status": "open"})
    return invoice


def void(account: Account, invoice: Object) -> Object:
    """Take an open invoice back."""
    intent = invoices.intent_of(account, invoice)
    if intent:
        payment_intents.cancel(account, intent)
    before = copy(invoice)
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = account.now
    account.events.emit("invoice.voided", invoice, {"status": before["status"]})
    return invoice
