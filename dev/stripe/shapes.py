"""The members of each object, read from the SDK's classes: what may be null is null until something sets it."""

from functools import cache
from typing import Any, get_args

from stripe._object_classes import get_object_class

Object = dict[str, Any]
# Members that Stripe leaves out unless they are asked for or apply, though the SDK's classes allow null.
LEFT_OUT = {
    "charge": {"refunds", "level3", "authorization_code", "radar_options", "transfer"},
    "checkout.session": {"line_items", "optional_items", "presentment_details"},
    "coupon": {"applies_to", "currency_options"},
    "customer": {"cash_balance", "sources", "subscriptions", "tax", "tax_ids", "invoice_credit_balance"},
    "invoice": {"confirmation_secret", "payments", "amount_paid_off_stripe"},
    "payment_intent": {"amount_details", "hooks", "payment_details", "presentment_details"},
    "price": {"currency_options", "tiers"},
    "product": {"default_price"},
    "subscription": {"presentment_details"},
    "subscription_item": {"current_trial"},
    "webhook_endpoint": {"secret"},
}


def nullable(annotation: object) -> bool:
    """Tell whether a member of the SDK's class may be null or absent."""
    return annotation.startswith("Optional[") if isinstance(annotation, str) else type(None) in get_args(annotation)


@cache
def _blank(kind: str) -> Object:
    absent = LEFT_OUT.get(kind, set()) | {"deleted"}
    declared = get_object_class("V1", kind).__annotations__
    return {"id": None, "object": kind} | {
        name: None for name, each in declared.items() if nullable(each) and name not in absent
    }


def shape(kind: str, **members: object) -> Object:
    """Return an object of a kind with these members set and all others that may be null, null."""
    return _blank(kind) | members


def listed(objects: list[Object], url: str, *, more: bool = False) -> Object:
    """Return a list as Stripe wraps it."""
    return {"object": "list", "data": objects, "has_more": more, "url": url}
