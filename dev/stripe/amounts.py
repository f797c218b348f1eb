"""What a quantity of something costs at a price, in the smallest unit of its currency."""

from decimal import ROUND_HALF_UP, Decimal

from dev.stripe.shapes import Object


def whole(amount: Decimal) -> int:
    """Round half up, as Stripe does for amounts with a fraction of a cent."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def of(price: Object, quantity: int) -> int:
    """Return the price of a quantity."""
    return whole(Decimal(price["unit_amount_decimal"]) * quantity)


def share(amount: int, start: int, end: int, since: int) -> int:
    """Return the part of an amount for a period that falls on the time since a moment."""
    return whole(Decimal(amount) * max(end - since, 0) / max(end - start, 1))
