"""Promotion codes: what people type to get a coupon."""

from dev.stripe import coupons
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object


def create(account: Account, params: Parameters) -> Object:
    """Make a code for a coupon; among active codes it is the only one so spelled."""
    coupon = coupons.usable(account, params["promotion"]["coupon"], "promotion[coupon]")
    code = params.get("code") or account.identifiers.make("x", 8)[2:].upper()
    if find(account, code):
        raise Refused("An active promotion code with that code already exists.", param="code")
    restrictions = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    made = account.new(
        "promotion_code",
        "promo",
        active=params.get("active", True),
        code=code,
        customer=params.get("customer"),
        expires_at=params.get("expires_at"),
        max_redemptions=params.get("max_redemptions"),
        metadata=metadata(params),
        promotion={"type": "coupon", "coupon": coupon["id"]},
        restrictions=restrictions | params.get("restrictions", {}),
        times_redeemed=0,
    )
    account.events.emit("promotion_code.created", made)
    return made


def find(account: Account, code: str) -> Object | None:
    """Return the active promotion code that is spelled so, in whatever case."""
    spelled = (each for each in account.store.all("promotion_code") if each["code"].lower() == code.lower())
    return next((each for each in spelled if each["active"] and not _expired(account, each)), None)


def _expired(account: Account, code: Object) -> bool:
    return bool(code["expires_at"]) and code["expires_at"] <= account.now


def usable(account: Account, code: str, customer: str | None, param: str) -> Object:
    """Return a code that this customer can redeem now, or refuse."""
    found = account.store.get("promotion_code", code, param)
    if not found["active"] or _expired(account, found) or found["customer"] not in {None, customer}:
        raise Refused("This promotion code cannot be redeemed.", code="promotion_code_invalid", param=param)
    if found["restrictions"]["first_time_transaction"] and customer and _has_paid(account, customer):
        raise Refused(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
            code="promotion_code_customer_not_first_time",
            param=param,
        )
    return found


def _has_paid(account: Account, customer: str) -> bool:
    return any(charge["paid"] for charge in account.store.of("charge", customer))


def retrieve(account: Account, code: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("promotion_code", code)


def update(account: Account, code: str, params: Parameters) -> Object:
    """Switch it on or off, or change its metadata."""
    found = account.store.get("promotion_code", code)
    before = copy(found)
    put(found, params, ("active",))
    account.events.changed("promotion_code.updated", found, before)
    return found
