"""What a way to pay does when it is charged: the behaviours, and Stripe's test numbers and tokens for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A way to pay: what it looks like and what it does.

    `behaviour` is one of `ok`, `declined`, `3ds` (a person must confirm each payment), `3ds_once` (only the first),
    `declined_later` (attached without complaint, refused when charged), `async` (the money takes days).
    """

    behaviour: str
    last4: str
    brand: str = "visa"
    decline_code: str = "generic_decline"

    @property
    def type(self) -> str:
        """The kind of payment method."""
        return "sepa_debit" if self.behaviour == "async" else "card"


# Numbers and tokens as on https://docs.stripe.com/testing
CARDS = {
    "ok": Card("ok", "4242"),
    "mastercard": Card("ok", "4444", "mastercard"),
    "declined": Card("declined", "0002"),
    "insufficient": Card("declined", "9995", decline_code="insufficient_funds"),
    "expired": Card("declined", "0069", decline_code="expired_card"),
    "fails_later": Card("declined_later", "0341"),
    "3ds": Card("3ds", "3184"),
    "3ds_once": Card("3ds_once", "3155"),
    "async": Card("async", "3000"),
}
NUMBERS = {
    "4242424242424242": "ok",
    "5555555555554444": "mastercard",
    "4000000000000002": "declined",
    "4000000000009995": "insufficient",
    "4000000000000069": "expired",
    "4000000000000341": "fails_later",
    "4000002760003184": "3ds",
    "4000002500003155": "3ds_once",
}
TOKENS = {
    "pm_card_visa": "ok",
    "pm_card_mastercard": "mastercard",
    "pm_card_chargeDeclined": "declined",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient",
    "pm_card_chargeDeclinedExpiredCard": "expired",
    "pm_card_chargeCustomerFail": "fails_later",
    "pm_card_authenticationRequired": "3ds",
    "pm_card_authenticationRequiredOnSetup": "3ds_once",
    "pm_sepaDebit": "async",
    "tok_visa": "ok",
    "tok_mastercard": "mastercard",
    "tok_chargeDeclined": "declined",
    "tok_chargeCustomerFail": "fails_later",
}
