"""Discounts: coupons as they are held by a subscription, and how much they take off."""

from decimal import Decimal
from typing import Any

from dev.stripe import amounts as amounts_of
from dev.stripe import coupons, periods, promotion_codes
from dev.stripe.account import Account
from dev.stripe.shapes import Object


def apply(account: Account, given: list[dict[str, Any]], customer: str, subscription: str | None) -> list[str]:
    """Redeem coupons or codes and return the ids of the discounts; one that is held already is kept."""
    return [_hold(account, each, customer, subscription) for each in given]


def _hold(account: Account, given: dict[str, Any], customer: str, subscription: str | None) -> str:
    if "discount" in given:
        return str(account.store.get("discount", given["discount"], "discounts")["id"])
    code = None
    if "promotion_code" in given:
        code = promotion_codes.usable(account, given["promotion_code"], customer, "discounts[promotion_code]")
        coupon = coupons.usable(account, code["promotion"]["coupon"], "discounts[coupon]")
    else:
        coupon = coupons.usable(account, given["coupon"], "discounts[coupon]")
    coupons.redeem(account, coupon, code)
    months = coupon["duration_in_months"]
    discount = {
        "id": account.identifiers.make("di"),
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": periods.add(account.now, "month", months) if months else None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code and code["id"],
        "source": {"type": "coupon", "coupon": coupon["id"]},
        "start": account.now,
        "subscription": subscription,
        "subscription_item": None,
    }
    account.store.secrets[str(discount["id"])]["terms"] = dict(coupon)
    account.store.add(discount)
    account.events.emit("customer.discount.created", discount)
    return str(discount["id"])


def active(account: Account, discounts: list[str]) -> list[str]:
    """Return those that still count."""
    held = [account.store.get("discount", each) for each in discounts]
    return [each["id"] for each in held if each["end"] is None or each["end"] > account.now]


def amounts(account: Account, discounts: list[str], subtotal: int) -> list[Object]:
    """Return what each takes off a subtotal, one after the other, never below zero."""
    left, taken = max(subtotal, 0), []
    for each in discounts:
        amount = min(left, off(account.store.secrets[each]["terms"], left))
        left -= amount
        taken.append({"amount": amount, "discount": each})
    return taken


def off(coupon: Object, amount: int) -> int:
    """Return what a coupon takes off an amount."""
    if coupon["amount_off"] is not None:
        return int(coupon["amount_off"])
    return amounts_of.whole(Decimal(amount) * Decimal(str(coupon["percent_off"])) / 100)


def after_invoice(account: Account, discounts: list[str]) -> list[str]:
    """Return what is left for the next invoice: those that count once are spent."""
    return [each for each in discounts if account.store.secrets[each]["terms"]["duration"] != "once"]
