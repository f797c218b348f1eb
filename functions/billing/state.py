"""A customer's state in our words, made of what Stripe answers: the one shape that backend.billing_write takes.

Pure: it asks nobody. Periods are those of items; invoices hold what became of their money.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

# One object of Stripe's, as plain JSON.
Told = Mapping[str, Any]

LIVE = {"active", "trialing", "past_due"}
# A dispute in one of these was decided for us, or was none in the end.
DISMISSED = {"won", "warning_closed", "prevented"}


def state(
    customer: Told, subscriptions: list[Told], invoices: list[Told], intents: Mapping[str, Told]
) -> dict[str, Any]:
    """Return {deleted, card_expires_on, subscriptions, invoices}.

    Subscriptions come with their payment methods expanded, invoices with their payments; `intents` are the payment
    intents of these by id, with their last charges.
    """
    return {
        "deleted": bool(customer.get("deleted")),
        "card_expires_on": _card_expires_on(customer, subscriptions),
        "subscriptions": [_subscription(each) for each in subscriptions],
        "invoices": [_invoice(each, _intents_of(each, intents)) for each in invoices],
    }


def intents_named(invoice: Told) -> list[str]:
    """Return the ids of the payment intents that an invoice waits for or was paid by."""
    payments = (invoice.get("payments") or {}).get("data") or []
    return [each["payment"]["payment_intent"] for each in payments if each["payment"].get("payment_intent")]


def _intents_of(invoice: Told, intents: Mapping[str, Told]) -> list[Told]:
    return [intents[each] for each in intents_named(invoice) if each in intents]


def _card_expires_on(customer: Told, subscriptions: Iterable[Told]) -> str | None:
    """Return the last day of the first card to expire of those that pay: Checkout gives a subscription its own."""
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    paying = [each.get("default_payment_method") or default for each in subscriptions if each["status"] in LIVE]
    cards = [method.get("card") for method in paying or [default] if isinstance(method, Mapping)]
    ends = [date(card["exp_year"], card["exp_month"], _last_day(card)) for card in cards if card]
    return min(ends).isoformat() if ends else None


def _last_day(card: Told) -> int:
    return monthrange(card["exp_year"], card["exp_month"])[1]


def _subscription(told: Told) -> dict[str, Any]:
    items = told["items"]["data"]
    # Items may differ: the period that is shown is the one that ends first. Each line keeps its own.
    first = min(items, key=lambda item: int(item["current_period_end"]), default=None)
    start, end = (first["current_period_start"], first["current_period_end"]) if first else (told["start_date"],) * 2
    recurring = (items[0]["price"].get("recurring") if items else None) or {}
    return {
        "provider_id": told["id"],
        "price": items[0]["price"]["id"] if items else None,
        "status": told["status"],
        "quantity": sum(item.get("quantity") or 0 for item in items),
        "currency": told["currency"],
        "amount": sum(_amount(item) for item in items),
        "recurring_interval": recurring.get("interval") or "month",
        "interval_count": recurring.get("interval_count") or 1,
        "current_period_start": _moment(start),
        "current_period_end": _moment(end),
        "cancel_at_period_end": bool(told.get("cancel_at_period_end")),
        **{name: _moment(told.get(name)) for name in ("cancel_at", "canceled_at", "ended_at", "trial_end")},
        "started_at": _moment(told["start_date"]),
        "items": [_item(item) for item in items],
    }


def _item(told: Told) -> dict[str, Any]:
    return {
        "provider_id": told["id"],
        "price": told["price"]["id"],
        # What is metered has no quantity.
        "quantity": told.get("quantity") or 0,
        "current_period_start": _moment(told["current_period_start"]),
        "current_period_end": _moment(told["current_period_end"]),
    }


def _amount(item: Told) -> int:
    """Return what an item costs each period, in the smallest unit; what is priced by tiers or metered is not known."""
    price = item["price"]
    each = price.get("unit_amount_decimal")
    if each is None:
        each = price.get("unit_amount") or 0
    exact = Decimal(str(each)) * (item.get("quantity") or 0)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _invoice(told: Told, intents: list[Told]) -> dict[str, Any]:
    charges = [each["latest_charge"] for each in intents if isinstance(each.get("latest_charge"), Mapping)]
    moved = told.get("status_transitions") or {}
    lines = [line["period"] for line in told["lines"]["data"]]
    attempted = max((charge["created"] for charge in charges), default=None)
    issued = told.get("effective_at") or moved.get("finalized_at") or told["created"]
    details = (told.get("parent") or {}).get("subscription_details") or {}
    return {
        "provider_id": told["id"],
        "subscription": details.get("subscription"),
        "number": told.get("number"),
        "status": told.get("status") or "unknown",
        "reason": told.get("billing_reason") or "unknown",
        **{name: told[name] for name in ("currency", "total", "amount_due", "amount_paid")},
        "tax": sum(each["amount"] for each in told.get("total_taxes") or []),
        "amount_refunded": sum(charge["amount_refunded"] for charge in charges if charge["paid"]),
        "disputed": any(_is_disputed(charge) for charge in charges),
        "attempts": told["attempt_count"],
        "attempted_at": _moment(attempted or (issued if told["attempt_count"] else None)),
        "next_attempt_at": _moment(told.get("next_payment_attempt")),
        "needs_action": told.get("status") == "open" and any(each["status"] == "requires_action" for each in intents),
        "period_start": _moment(min((line["start"] for line in lines), default=told["period_start"])),
        "period_end": _moment(max((line["end"] for line in lines), default=told["period_end"])),
        "issued_at": _moment(issued),
        "paid_at": _moment(moved.get("paid_at")),
    }


def _is_disputed(charge: Told) -> bool:
    """Tell whether a bank has the money, or may take it: a charge itself stays disputed after a dispute was won."""
    disputes = charge.get("disputes")
    return bool(charge["disputed"]) and (disputes is None or any(each["status"] not in DISMISSED for each in disputes))


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
