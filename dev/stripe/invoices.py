"""Invoices: drawn up as drafts, finalized, then paid, voided or given up. How they are paid: collection.py."""

from dev.stripe import discounts, payment_intents
from dev.stripe.account import Account
from dev.stripe.clock import DAY, HOUR
from dev.stripe.events import copy
from dev.stripe.shapes import Object, shape

# Stripe waits about an hour between the draft of a renewal and its finalization.
DRAFT_FOR = HOUR
BLANK: Object = {
    "account_country": "US",
    "account_name": "The double",
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_shipping": 0,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "default_tax_rates": [],
    "issuer": {"type": "self"},
    "metadata": {},
    "payment_settings": dict.fromkeys(("default_mandate", "payment_method_options", "payment_method_types")),
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "status": "draft",
    "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
}


def build(
    account: Account, customer: Object, lines: list[Object], reason: str, subscription: Object | None = None
) -> Object:
    """Return an invoice that is in no ledger yet: a preview, or what `draw` keeps."""
    starts = [line["period"]["start"] for line in lines] or [account.now]
    invoice = shape(
        "invoice",
        id=account.identifiers.make("in"),
        created=account.now,
        livemode=account.settings.livemode,
        billing_reason=reason,
        currency=lines[0]["currency"] if lines else (subscription or {"currency": "usd"})["currency"],
        lines=None,
        period_end=account.now,
        period_start=min(account.now, *starts),
        **copy(BLANK),
        **_billed(customer),
        **_governed(account, subscription),
    )
    for line in lines:
        line["invoice"] = invoice["id"]
    invoice["lines"] = account.list_of(lines, f"invoices/{invoice['id']}/lines")
    add_up(account, invoice)
    return invoice


def _billed(customer: Object) -> Object:
    """Return the members that are the customer's, as they are now."""
    return {
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "starting_balance": customer["balance"],
    }


def _governed(account: Account, subscription: Object | None) -> Object:
    """Return the members that follow from what is billed."""
    tax = {"provider": None, "status": None, "liability": None, "disabled_reason": None}
    return {
        "automatic_tax": tax | {"enabled": bool(subscription and subscription["automatic_tax"]["enabled"])},
        "collection_method": subscription["collection_method"] if subscription else "charge_automatically",
        "discounts": discounts.active(account, subscription["discounts"]) if subscription else [],
        "parent": _parent(subscription),
    }


def _parent(subscription: Object | None) -> Object | None:
    if subscription is None:
        return None
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def add_up(account: Account, invoice: Object) -> None:
    """Sum the lines, take off discounts and credit; what remains below zero is the customer's credit."""
    lines = invoice["lines"]["data"]
    subtotal = sum(line["amount"] for line in lines)
    taken = discounts.amounts(account, invoice["discounts"], subtotal)
    total = subtotal - sum(each["amount"] for each in taken)
    due = max(0, total + min(invoice["starting_balance"], 0)) if total > 0 else 0
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": total,
        "total_discount_amounts": taken,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "amount_due": due,
        "amount_remaining": due,
    }
    _share_discounts(lines, taken, subtotal)


def _share_discounts(lines: list[Object], taken: list[Object], subtotal: int) -> None:
    for line in lines:
        line["discount_amounts"] = [
            each | {"amount": each["amount"] * line["amount"] // subtotal if subtotal > 0 else 0} for each in taken
        ]


def draw(
    account: Account, customer: Object, lines: list[Object], reason: str, subscription: Object | None = None
) -> Object:
    """Keep a new draft; what its discounts take off once is used up."""
    invoice = build(account, customer, lines, reason, subscription)
    account.store.add(invoice)
    if subscription:
        subscription["latest_invoice"] = invoice["id"]
        subscription["discounts"] = discounts.after_invoice(account, invoice["discounts"])
        account.store.secrets[invoice["id"]]["subscription"] = subscription["id"]
    account.events.emit("invoice.created", invoice)
    return invoice


def finalize(account: Account, invoice: Object) -> None:
    """Give it its number; from now on it is owed."""
    before = copy(invoice)
    customer = account.store.live("customer", invoice["customer"], "customer")
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    page = f"{account.settings.url}/i/{invoice['id']}"
    invoice |= {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{number:04}",
        "hosted_invoice_url": page,
        "invoice_pdf": f"{page}/pdf",
        "effective_at": account.now,
        "ending_balance": _settle_balance(customer, invoice),
        "status_transitions": invoice["status_transitions"] | {"finalized_at": account.now},
    }
    if invoice["collection_method"] == "send_invoice":
        invoice["due_date"] = account.now + DAY * 30
    account.events.emit("invoice.finalized", invoice, _changed(before, invoice))
    if invoice["amount_due"]:
        _expect_payment(account, invoice)


def _changed(before: Object, after: Object) -> Object:
    return {name: before[name] for name in ("status", "number", "hosted_invoice_url") if before[name] != after[name]}


def _settle_balance(customer: Object, invoice: Object) -> int:
    """Use up credit, or keep what the invoice gives back."""
    spent = invoice["total"] - invoice["amount_due"]
    customer["balance"] += spent
    return int(customer["balance"])


def _expect_payment(account: Account, invoice: Object) -> None:
    intent = payment_intents.make(account, invoice["amount_due"], invoice["currency"], invoice["customer"])
    account.store.secrets[intent["id"]]["invoice"] = invoice["id"]
    account.new(
        "invoice_payment",
        "inpay",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )


def intent_of(account: Account, invoice: Object) -> Object | None:
    """Return the payment intent that an invoice waits for or was paid by."""
    for payment in account.store.of("invoice_payment", invoice["id"]):
        return account.store.get("payment_intent", payment["payment"]["payment_intent"])
    return None
