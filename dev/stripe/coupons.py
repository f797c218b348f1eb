"""Coupons and the codes that people type for them."""

from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused, invalid
from dev.stripe.shapes import Object


def create(account: Account, params: Parameters) -> Object:
    """Make a coupon; the caller may choose its id."""
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must specify exactly one of percent_off or amount_off.", "percent_off")
    if "amount_off" in params and "currency" not in params:
        raise invalid("You must pass currency when passing amount_off.", "currency", "parameter_missing")
    if params.get("duration") == "repeating" and "duration_in_months" not in params:
        raise invalid("You must pass duration_in_months for a repeating coupon.", "duration_in_months")
    if "id" in params and account.store.find(params["id"]):
        raise Refused("Coupon already exists.", code="resource_already_exists", param="id")
    percent = params.get("percent_off")
    coupon = account.new(
        "coupon",
        "coupon",
        id=params.get("id") or account.identifiers.make("x", 8)[2:],
        amount_off=params.get("amount_off"),
        currency=params.get("currency"),
        duration=params.get("duration", "once"),
        duration_in_months=params.get("duration_in_months"),
        max_redemptions=params.get("max_redemptions"),
        metadata=metadata(params),
        name=params.get("name"),
        percent_off=None if percent is None else float(percent),
        redeem_by=params.get("redeem_by"),
        times_redeemed=0,
        valid=True,
    )
    account.events.emit("coupon.created", coupon)
    return coupon


def retrieve(account: Account, coupon: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("coupon", coupon, "coupon")


def update(account: Account, coupon: str, params: Parameters) -> Object:
    """Change its name or metadata."""
    found = account.store.live("coupon", coupon, "coupon")
    before = copy(found)
    put(found, params, ("name",))
    account.events.changed("coupon.updated", found, before)
    return found


def delete(account: Account, coupon: str, _: Parameters) -> Object:
    """Delete one; who has it keeps it."""
    found = account.store.live("coupon", coupon, "coupon")
    account.events.emit("coupon.deleted", found)
    return account.store.delete(found)


def redeem(account: Account, coupon: Object, code: Object | None) -> None:
    """Count a redemption; the last one makes it invalid."""
    for counted, flag in ((coupon, "valid"), (code, "active")):
        if counted is not None:
            counted["times_redeemed"] += 1
            most = counted["max_redemptions"]
            counted[flag] = counted[flag] and (most is None or counted["times_redeemed"] < most)
    account.events.emit("coupon.updated", coupon, {"times_redeemed": coupon["times_redeemed"] - 1})


def usable(account: Account, coupon: str, param: str) -> Object:
    """Return a coupon that can be redeemed now, or refuse."""
    found = account.store.live("coupon", coupon, param)
    if not found["valid"] or (found["redeem_by"] and found["redeem_by"] <= account.now):
        raise Refused(f"Coupon {coupon} is expired and cannot be applied.", code="coupon_expired", param=param)
    return found
