"""An event of Stripe's, as far as our inbox wants to know it: whom it concerns. What it holds is asked for anew."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from functions.billing.names import PROVIDER
from shared.errors import ValidationError

# What an object without a customer says of where to look: a refund names its payment, and that its customer.
NEXT = ("payment_intent", "charge", "invoice", "subscription")
# Kinds of objects that are somebody's, for events that carry none of it.
OWNED = {
    *("charge", "checkout.session", "dispute", "invoice", "invoice_payment", "payment_intent", "payment_method"),
    *("refund", "subscription", "subscription_item", "subscription_schedule", "radar.early_fraud_warning"),
}
# What an endpoint subscribes to: whatever changes what somebody has, pays or is told.
HANDLED = (
    *("charge.dispute.", "charge.refunded", "checkout.session.", "customer.deleted", "customer.subscription."),
    *("customer.updated", "entitlements.active_entitlement_summary.", "invoice.", "invoice_payment.paid"),
    *("payment_method.automatically_updated", "price.", "product.", "radar.early_fraud_warning.", "refund."),
    "subscription_schedule.",
)
LONGEST = {"id": 255, "type": 200}


def read(said: object) -> dict[str, Any]:
    """Return {provider, id, livemode, type, api_version, customer, object, sought, occurred_at} of an event.

    Snapshot and thin events are taken; raises ValidationError for anything else. Types are not judged.
    """
    if not isinstance(said, Mapping) or not isinstance(said.get("livemode"), bool):
        raise ValidationError("This is not an event.")
    if said.get("object") == "event":
        about, occurred = _snapshot(said)
    elif said.get("object") == "v2.core.event":
        about, occurred = _thin(said)
    else:
        raise ValidationError("This is not an event.")
    return {
        "provider": PROVIDER,
        "livemode": said["livemode"],
        "api_version": _text(said.get("api_version")),
        "occurred_at": occurred,
        **{name: _required(said.get(name), most) for name, most in LONGEST.items()},
        **about,
    }


def is_of_interest(kind: str) -> bool:
    """Tell whether events of a type are subscribed to, so that one that never came is missing."""
    return kind.removeprefix("v1.").startswith(HANDLED)


def _snapshot(said: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    data = said.get("data")
    thing = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(thing, Mapping) or not isinstance(said.get("created"), int):
        raise ValidationError("This is not an event.")
    try:
        occurred = datetime.fromtimestamp(said["created"], UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        raise ValidationError("This is not an event.") from None
    kind, identifier = _text(thing.get("object")), _text(thing.get("id"))
    if kind == "customer":
        return _about(identifier, identifier), occurred
    if customer := _reference(thing.get("customer")):
        return _about(customer, identifier), occurred
    further = next((found for name in NEXT if (found := _reference(thing.get(name)))), None)
    sought = (further or identifier) if kind in OWNED else None
    return _about(None, sought or identifier, sought=sought is not None), occurred


def _thin(said: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    related = said.get("related_object")
    related = related if isinstance(related, Mapping) else {}
    kind, identifier = _text(related.get("type")), _text(related.get("id"))
    try:
        occurred = datetime.fromisoformat(str(said.get("created"))).astimezone(UTC).isoformat()
    except (OverflowError, ValueError):
        raise ValidationError("This is not an event.") from None
    if kind == "customer":
        return _about(identifier, identifier), occurred
    return _about(None, identifier, sought=kind in OWNED and identifier is not None), occurred


def _about(customer: str | None, identifier: str | None, *, sought: bool = False) -> dict[str, Any]:
    return {"customer": customer, "object": identifier, "sought": sought}


def _reference(value: object) -> str | None:
    """Return an id that stands alone or in an expanded object."""
    return _text(value.get("id") if isinstance(value, Mapping) else value)


def _text(value: object) -> str | None:
    return value if _is_text(value, 100) else None


def _required(value: object, most: int) -> str:
    if not _is_text(value, most):
        raise ValidationError("This is not an event.")
    return value


def _is_text(value: object, most: int) -> TypeGuard[str]:
    """Tell whether the inbox can keep it: short, without a zero byte or half a character, which Postgres refuses."""
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable()
