"""The lines of an invoice: what is owed for a period, and what is given back or owed for a part of one."""

from dev.stripe import amounts, meters
from dev.stripe.account import Account
from dev.stripe.shapes import Object


def line(  # noqa: PLR0913 - what a line says
    account: Account,
    item: Object,
    subscription: str | None,
    *,
    amount: int,
    period: tuple[int, int],
    description: str,
    proration: bool = False,
    quantity: int | None = None,
) -> Object:
    """Make a line for an item of a subscription."""
    return {
        "id": account.identifiers.make("il"),
        "object": "line_item",
        "amount": amount,
        "currency": item["price"]["currency"],
        "description": description,
        "discountable": not proration,
        "invoice": None,
        "livemode": account.settings.livemode,
        "metadata": dict(item["metadata"]),
        "parent": _parent(account, item, subscription, proration=proration),
        "period": {"start": period[0], "end": period[1]},
        "pricing": _pricing(item["price"]),
        "quantity": item.get("quantity") if quantity is None else quantity,
        "subscription": subscription,
        "subtotal": amount,
        **{name: [] for name in ("discount_amounts", "discounts", "pretax_credit_amounts", "taxes")},
    }


def _pricing(price: Object) -> Object:
    details = {"price": price["id"], "product": price["product"]}
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"]}


def _parent(account: Account, item: Object, subscription: str | None, *, proration: bool) -> Object:
    """Return where a line comes from: an item of a subscription, or the invoice item of a proration."""
    details: Object = {
        "invoice_item": account.identifiers.make("ii") if proration else None,
        "proration": proration,
        "proration_details": {"credited_items": None} if proration else None,
        "subscription": subscription,
    }
    if proration:
        kind = "invoice_item_details"
    else:
        kind = "subscription_item_details"
        details["subscription_item"] = item["id"]
    return {"invoice_item_details": None, "subscription_item_details": None, "type": kind} | {kind: details}


def name_of(account: Account, item: Object) -> str:
    """Return how a product is called on an invoice."""
    product = account.store.find(item["price"]["product"]) or {}
    return str(product.get("name") or item["price"]["product"])


def is_metered(item: Object) -> bool:
    """Tell whether an item is paid by use, afterwards."""
    recurring = item["price"]["recurring"]
    return bool(recurring and recurring["usage_type"] == "metered")


def ahead(account: Account, items: list[Object], subscription: str | None, *, trial: bool = False) -> list[Object]:
    """Return the lines for the periods that items are in, paid beforehand; a trial costs nothing."""
    lines = []
    for item in items:
        if is_metered(item):
            continue
        name, quantity = name_of(account, item), item["quantity"]
        amount = 0 if trial else amounts.of(item["price"], quantity)
        period = (item["current_period_start"], item["current_period_end"])
        words = f"Trial period for {name}" if trial else f"{quantity} × {name}"  # noqa: RUF001 - as Stripe writes it
        lines.append(line(account, item, subscription, amount=amount, period=period, description=words))
    return lines


def used(account: Account, subscription: Object, items: list[Object]) -> list[Object]:
    """Return the lines for what was used in the periods that items are in."""
    lines = []
    for item in filter(is_metered, items):
        start, end = item["current_period_start"], item["current_period_end"]
        quantity = meters.used(account, item["price"], subscription["customer"], start, end)
        amount = amounts.of(item["price"], quantity)
        words = f"{quantity} × {name_of(account, item)}"  # noqa: RUF001 - as Stripe writes it
        lines.append(
            line(
                account,
                item,
                subscription["id"],
                amount=amount,
                period=(start, end),
                description=words,
                quantity=quantity,
            )
        )
    return lines


def part(account: Account, item: Object, subscription: str, since: int, sign: int) -> list[Object]:
    """Return the line for the rest of an item's period: credited with sign -1, charged with 1."""
    if is_metered(item):
        return []
    start, end = item["current_period_start"], item["current_period_end"]
    amount = sign * amounts.share(amounts.of(item["price"], item["quantity"]), start, end, since)
    words = "Unused time on" if sign < 0 else "Remaining time on"
    described = f"{words} {item['quantity']} × {name_of(account, item)}"  # noqa: RUF001 - as Stripe writes it
    if not amount:
        return []
    return [
        line(account, item, subscription, amount=amount, period=(since, end), description=described, proration=True)
    ]
