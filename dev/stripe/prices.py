"""Prices: what a product costs and how often. A lookup key names one price and can be handed over to a newer one."""

from decimal import Decimal

from dev.stripe import products
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused, invalid
from dev.stripe.shapes import Object

CHANGEABLE = ("active", "nickname", "tax_behavior")


def create(account: Account, params: Parameters) -> Object:
    """Make a price; with `product_data` its product too."""
    _check(params)
    if "product_data" in params:
        product = products.create(account, params["product_data"])["id"]
    else:
        product = account.store.live("product", params["product"], "product")["id"]
    price = _new(account, params, product)
    if key := params.get("lookup_key"):
        _take_key(account, key, price, hand_over=params.get("transfer_lookup_key", False))
    account.events.emit("price.created", price)
    return price


def _check(params: Parameters) -> None:
    if ("product" in params) == ("product_data" in params):
        raise invalid("You must specify exactly one of product or product_data.", "product")
    if params.get("billing_scheme") == "tiered":
        if not params.get("tiers") or "tiers_mode" not in params:
            raise invalid("A tiered price needs tiers and tiers_mode.", "tiers")
    elif ("unit_amount" in params) == ("unit_amount_decimal" in params) and "custom_unit_amount" not in params:
        raise invalid("You must specify exactly one of unit_amount, unit_amount_decimal or tiers.", "unit_amount")
    if params.get("unit_amount", 0) < 0:
        raise invalid("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")


def _new(account: Account, params: Parameters, product: str) -> Object:
    exact = params.get("unit_amount_decimal", Decimal(params.get("unit_amount", 0)))
    recurring = params.get("recurring")
    return account.new(
        "price",
        "price",
        active=params.get("active", True),
        billing_scheme=params.get("billing_scheme", "per_unit"),
        currency=params["currency"].lower(),
        metadata=metadata(params),
        nickname=params.get("nickname"),
        product=product,
        recurring=recurring and {"interval_count": 1, "usage_type": "licensed", "meter": None} | recurring,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        unit_amount=int(exact) if exact == int(exact) else None,
        unit_amount_decimal=str(exact),
    )


def _take_key(account: Account, key: str, price: Object, *, hand_over: bool) -> None:
    for other in account.store.all("price"):
        if other["lookup_key"] == key and other is not price:
            if not hand_over:
                raise Refused(f"A price (`{other['id']}`) already uses that lookup key.", param="lookup_key", code=None)
            before = copy(other)
            other["lookup_key"] = None
            account.events.changed("price.updated", other, before)
    price["lookup_key"] = key


def retrieve(account: Account, price: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("price", price, "price")


def update(account: Account, price: str, params: Parameters) -> Object:
    """Change what can be changed: never the amount."""
    found = account.store.get("price", price, "price")
    before = copy(found)
    put(found, params, CHANGEABLE)
    if "lookup_key" in params:
        if params["lookup_key"]:
            _take_key(account, params["lookup_key"], found, hand_over=params.get("transfer_lookup_key", False))
        else:
            found["lookup_key"] = None
    account.events.changed("price.updated", found, before)
    return found


def plan_of(price: Object) -> Object:
    """Return a recurring price as the plan that items still carry beside it."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": price["livemode"],
        "metadata": price["metadata"],
        "meter": recurring["meter"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }
