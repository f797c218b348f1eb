"""Items of a subscription: a price, a quantity, and the period that is being paid for."""

from typing import Any

from dev.stripe import periods, prices
from dev.stripe.account import Account
from dev.stripe.members import metadata
from dev.stripe.refusal import invalid
from dev.stripe.shapes import Object, shape


def make(account: Account, given: dict[str, Any], subscription: str, period: tuple[int, int] | None = None) -> Object:
    """Make an item from what a request says; without a period it gets one of its price, from now."""
    price = account.store.get("price", given.get("price"), "items[0][price]")
    require_sellable(account, price)
    quantity = None if price["recurring"]["usage_type"] == "metered" else given.get("quantity", 1)
    start, end = period or (account.now, first_end(account, price))
    return shape(
        "subscription_item",
        id=account.identifiers.make("si"),
        created=account.now,
        current_period_start=start,
        current_period_end=end,
        discounts=[],
        metadata=metadata(given),
        plan=prices.plan_of(price),
        price=price,
        quantity=quantity,
        subscription=subscription,
        tax_rates=[],
    )


def require_sellable(account: Account, price: Object) -> None:
    """Refuse a price that cannot be subscribed to."""
    if price["type"] != "recurring":
        raise invalid(
            f"The price specified is set to `type=one_time` but this field only accepts prices with "
            f"`type=recurring`: {price['id']}",
            "items[0][price]",
        )
    if not price["active"] or not account.store.live("product", price["product"], "product")["active"]:
        raise invalid(f"The price specified is inactive. This field only accepts active prices: {price['id']}", "price")


def first_end(account: Account, price: Object) -> int:
    """Return when a period of a price ends that begins now."""
    return periods.add(account.now, price["recurring"]["interval"], price["recurring"]["interval_count"])


def end_of(subscription: Object) -> int:
    """Return when the period ends that ends first."""
    return int(min(item["current_period_end"] for item in subscription["items"]["data"]))


def named_moment(subscription: Object, given: int | str | None) -> int | None:
    """Return the moment that `cancel_at` names: a number, the end of a period, or none."""
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    if isinstance(given, int):
        return given
    return {"min_period_end": min(ends), "max_period_end": max(ends)}.get(given or "")


def roll(subscription: Object, item: Object) -> None:
    """Move an item into its next period."""
    recurring, start = item["price"]["recurring"], item["current_period_end"]
    anchor = subscription["billing_cycle_anchor"]
    item["current_period_start"] = start
    item["current_period_end"] = periods.add(start, recurring["interval"], recurring["interval_count"], anchor)


def restart(account: Account, subscription: Object, items: list[Object]) -> None:
    """Begin a new period of items now; it becomes the anchor of those to come."""
    subscription["billing_cycle_anchor"] = account.now
    for item in items:
        item |= {"current_period_start": account.now, "current_period_end": first_end(account, item["price"])}


def put(account: Account, subscription: Object, items: list[Object]) -> None:
    """Give a subscription items that were worked out on a copy."""
    for item in items:
        item["price"] = account.store.get("price", item["price"]["id"])
    subscription["items"]["data"] = items
    subscription["items"]["total_count"] = len(items)
