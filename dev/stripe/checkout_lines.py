"""The lines of a Checkout Session."""

from typing import Any

from dev.stripe import prices
from dev.stripe.account import Account
from dev.stripe.refusal import invalid
from dev.stripe.shapes import Object


def make(account: Account, given: dict[str, Any], mode: str, index: int) -> Object:
    """Make a line from what a request says, which must be on sale and fit the mode."""
    if "price_data" in given:
        price = prices.create(account, dict(given["price_data"]))
    else:
        price = account.store.get("price", given.get("price"), f"line_items[{index}][price]")
    _require_fit(price, mode, index)
    metered = bool(price["recurring"]) and price["recurring"]["usage_type"] == "metered"
    if not metered and "quantity" not in given:
        raise invalid("Quantity is required. Add `quantity` to `line_items`.", f"line_items[{index}][quantity]")
    return {
        "id": account.identifiers.make("li"),
        "object": "item",
        "adjustable_quantity": given.get("adjustable_quantity"),
        "amount_discount": 0,
        "amount_subtotal": 0,
        "amount_tax": 0,
        "amount_total": 0,
        "currency": price["currency"],
        "description": account.store.get("product", price["product"]).get("name"),
        "metadata": given.get("metadata", {}),
        "price": price,
        "quantity": None if metered else given["quantity"],
    }


def _require_fit(price: Object, mode: str, index: int) -> None:
    if not price["active"]:
        raise invalid(
            f"The price specified is inactive. This field only accepts active prices: {price['id']}",
            f"line_items[{index}][price]",
        )
    if mode == "payment" and price["type"] == "recurring":
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            f"line_items[{index}][price]",
        )


def of(account: Account, session: str) -> list[Object]:
    """Return what it offers."""
    account.store.get("checkout.session", session, "session")
    lines: list[Object] = account.store.secrets[session]["lines"]
    return lines
