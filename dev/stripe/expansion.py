"""`expand`: references by id replaced by what they name, and lists that are left out unless asked for."""

from collections.abc import Callable
from typing import Any

from stripe._object_classes import get_object_class

from dev.stripe import checkout_lines
from dev.stripe.account import Account
from dev.stripe.events import copy
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

DEEPEST = 4


def _payments(account: Account, invoice: Object) -> Object:
    return account.list_of(list(account.store.of("invoice_payment", invoice["id"])), "invoice_payments")


def _confirmation(account: Account, invoice: Object) -> Object | None:
    for payment in account.store.of("invoice_payment", invoice["id"]):
        intent = account.store.get("payment_intent", payment["payment"]["payment_intent"])
        return {"client_secret": intent["client_secret"], "type": "payment_intent"}
    return None


def _refunds(account: Account, charge: Object) -> Object:
    newest = [each for each in account.store.all("refund") if each["charge"] == charge["id"]][::-1]
    return account.list_of(newest, f"charges/{charge['id']}/refunds")


def _subscriptions(account: Account, customer: Object) -> Object:
    running = [each for each in account.store.of("subscription", customer["id"]) if each["status"] != "canceled"]
    return account.list_of(running[::-1], f"customers/{customer['id']}/subscriptions")


def _lines(account: Account, session: Object) -> Object:
    lines = checkout_lines.of(account, session["id"])
    return account.list_of(lines, f"checkout/sessions/{session['id']}/line_items")


INCLUDED: dict[tuple[str, str], Callable[[Account, Object], Object | None]] = {
    ("charge", "refunds"): _refunds,
    ("checkout.session", "line_items"): _lines,
    ("customer", "subscriptions"): _subscriptions,
    ("invoice", "confirmation_secret"): _confirmation,
    ("invoice", "payments"): _payments,
}


def expand(account: Account, thing: Object, paths: list[str]) -> Object:
    """Return an answer with everything expanded that was asked for. The answer must be a copy."""
    for path in paths:
        steps = path.split(".")
        if len(steps) - steps.count("data") > DEEPEST:
            raise Refused("You cannot expand more than 4 levels of a property.", param="expand", kept=False)
        _expand(account, thing, steps, path)
    return thing


def _expand(account: Account, thing: Any, steps: list[str], path: str) -> None:  # noqa: ANN401 - any part of an answer
    if isinstance(thing, list):
        for each in thing:
            _expand(account, each, steps, path)
        return
    if not isinstance(thing, dict):
        return
    step, further = steps[0], steps[1:]
    include = INCLUDED.get((thing.get("object", ""), step))
    if include and step not in thing:
        included = include(account, thing)
        thing[step] = included and copy(included)
    if step not in thing:
        if _declares(thing, step):
            return
        raise Refused(f"This property cannot be expanded ({path}).", param="expand", kept=False)
    value = thing[step]
    if isinstance(value, str):
        thing[step] = _named(account, value, path)
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        thing[step] = [_named(account, each, path) for each in value]
    if further:
        _expand(account, thing[step], further, path)


def _declares(thing: Object, step: str) -> bool:
    kind = thing.get("object")
    return isinstance(kind, str) and kind != "list" and step in get_object_class("V1", kind).__annotations__


def _named(account: Account, identifier: str, path: str) -> Any:  # noqa: ANN401 - an object of any kind
    found = account.store.find(identifier)
    if found is None:
        raise Refused(f"This property cannot be expanded ({path}).", param="expand", kept=False)
    return copy(found)
