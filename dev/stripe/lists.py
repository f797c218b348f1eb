"""Lists: newest first, filtered, cut into pages by the id of the last or first one seen."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

from dev.stripe import subscriptions
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.refusal import invalid, missing
from dev.stripe.shapes import Object, listed

PAGE, MOST = 10, 100
# Kinds of which there are many, and what they belong to from their first day: found without looking at all of them.
OWNERS = {"invoice": "customer", "invoice_payment": "invoice", "payment_method": "customer", "subscription": "customer"}
ONE_OF = {"types": "type", "lookup_keys": "lookup_key", "ids": "id"}
INSIDE: dict[str, Callable[[Object, Any], object]] = {
    "coupon": lambda thing, wanted: thing["promotion"]["coupon"] == wanted,
    "customer_details": lambda thing, wanted: (thing["customer_details"] or {}).get("email") == wanted["email"],
    "payment": lambda thing, wanted: thing["payment"].get(wanted["type"]) == wanted.get(wanted["type"]),
    # `invoice.*` stands for every type that begins so.
    "type": lambda thing, wanted: fnmatchcase(thing["type"], wanted),
}
NOT_FILTERS = {"limit", "starting_after", "ending_before", "expand"}
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
}


def cut(things: Iterable[Object], params: Parameters, url: str) -> Object:
    """Return one page of things given oldest first."""
    limit = params.get("limit", PAGE)
    if not 1 <= limit <= MOST:
        raise invalid(f"Invalid integer: limit must be between 1 and {MOST}", "limit", "parameter_invalid_integer")
    newest = list(things)[::-1]
    if after := params.get("starting_after"):
        newest = newest[_place(newest, after, "starting_after") + 1 :]
    if before := params.get("ending_before"):
        newest = newest[: _place(newest, before, "ending_before")]
        return listed(newest[-limit:], url, more=len(newest) > limit)
    return listed(newest[:limit], url, more=len(newest) > limit)


def _place(things: list[Object], identifier: str, param: str) -> int:
    places = (place for place, thing in enumerate(things) if thing["id"] == identifier)
    place = next(places, None)
    if place is None:
        raise missing("object", identifier, param)
    return place


def of_kind(account: Account, kind: str, params: Parameters, url: str) -> Object:
    """Return a page of a kind's objects; parameters that are members of it filter."""
    owner = params.get(OWNERS.get(kind, ""))
    things = account.store.of(kind, owner) if owner else account.store.all(kind)
    if kind == "event":
        things = account.events.recent()
    filters = {name: wanted for name, wanted in params.items() if name not in NOT_FILTERS}
    return cut((thing for thing in things if _fits(account, thing, filters)), params, url)


def _fits(account: Account, thing: Object, filters: dict[str, Any]) -> bool:
    if thing["object"] == "subscription":
        if not subscriptions.matches(thing, filters):
            return False
        filters = {name: each for name, each in filters.items() if name not in {"status", "price"}}
    return all(_has(account, thing, name, wanted) for name, wanted in filters.items())


def _has(account: Account, thing: Object, name: str, wanted: Any) -> bool:  # noqa: ANN401 - a parameter
    if name in ONE_OF:
        return thing[ONE_OF[name]] in wanted
    if name == "subscription" and thing["object"] == "invoice":
        return bool(account.store.secrets[thing["id"]].get("subscription") == wanted)
    if name in INSIDE:
        return bool(INSIDE[name](thing, wanted))
    value = thing.get(name)
    if isinstance(wanted, dict):
        return _compares(value, wanted)
    return bool(value == wanted)


def _compares(value: Any, wanted: dict[str, Any]) -> bool:  # noqa: ANN401 - a member
    """Compare with a range, as of `created`, or member by member, as of `recurring`."""
    if isinstance(value, int):
        return all(COMPARE[how](value, limit) for how, limit in wanted.items())
    return isinstance(value, dict) and all(value.get(name) == each for name, each in wanted.items())
