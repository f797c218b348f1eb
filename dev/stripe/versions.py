"""Answers and events as older versions of Stripe's API would have rendered them, for endpoints that still speak one."""

from collections.abc import Callable
from typing import Any

from dev.stripe.shapes import Object

# What moved with each version: docs.stripe.com/changelog
BASIL = "2025-03-31"
DAHLIA = "2026-03-25"
ENDIVE = "2026-09-30"
OLD_MODES = {"hosted_page": "hosted", "embedded_page": "embedded", "elements": "custom"}


def is_old(version: str) -> bool:
    """Tell whether a version renders anything otherwise than the pinned one."""
    return version < ENDIVE


def _subscription(thing: Object, version: str) -> None:
    if version < BASIL:
        items = thing["items"]["data"] if isinstance(thing.get("items"), dict) else []
        for name, pick in (("current_period_start", min), ("current_period_end", max)):
            if items:
                thing[name] = pick(item[name] for item in items)
        for item in items:
            del item["current_period_start"], item["current_period_end"]
        thing["discount"] = thing["discounts"][0] if thing.get("discounts") else None
        first = items[0] if len(items) == 1 else {}
        thing |= {"plan": first.get("plan"), "quantity": first.get("quantity")}
    if version < ENDIVE:
        thing.pop("status_details", None)
        thing.pop("billing_schedules", None)


def _invoice(thing: Object, version: str) -> None:
    if version < BASIL:
        parent = thing.pop("parent", None) or {}
        details = parent.get("subscription_details") or {}
        thing |= {
            "subscription": details.get("subscription"),
            "subscription_details": {"metadata": details.get("metadata")},
            "paid": thing.get("status") == "paid",
            "paid_out_of_band": False,
            "tax": None,
            "total_tax_amounts": [],
        }


def _line_item(thing: Object, version: str) -> None:
    if version < BASIL:
        parent = thing.pop("parent", None) or {}
        details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
        priced = (thing.pop("pricing", None) or {}).get("price_details") or {}
        thing |= {
            "price": priced.get("price"),
            "proration": details.get("proration", False),
            "subscription": details.get("subscription"),
            "type": "subscription" if parent.get("type") == "subscription_item_details" else "invoiceitem",
        }


def _session(thing: Object, version: str) -> None:
    if version < DAHLIA:
        thing["ui_mode"] = OLD_MODES.get(thing["ui_mode"], thing["ui_mode"])
    if version < ENDIVE:
        thing.pop("allowed_payment_method_types", None)


RENDERERS: dict[str, Callable[[Object, str], None]] = {
    "checkout.session": _session,
    "invoice": _invoice,
    "line_item": _line_item,
    "subscription": _subscription,
}


def render(thing: Any, version: str) -> Any:  # noqa: ANN401 - any part of an answer
    """Return an object, which is changed, as an older version shows it."""
    if isinstance(thing, list):
        return [render(each, version) for each in thing]
    if isinstance(thing, dict):
        for name, each in thing.items():
            thing[name] = render(each, version)
        kind = thing.get("object")
        if isinstance(kind, str) and kind in RENDERERS and not thing.get("deleted"):
            RENDERERS[kind](thing, version)
    return thing
