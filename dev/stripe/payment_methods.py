"""Payment methods: made from a test token or on a page, attached to a customer, and told how to behave."""

from dev.stripe.account import Account
from dev.stripe.cards import CARDS, TOKENS, Card
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.refusal import Refused, declined, invalid, missing
from dev.stripe.shapes import Object

NOBODY = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
LASTS = 4  # years


def make(account: Account, card: Card, customer: str | None = None) -> Object:
    """Make a way to pay; with a customer it is theirs."""
    method = {
        "id": account.identifiers.make("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": dict(NOBODY),
        "created": account.now,
        "customer": customer,
        "livemode": account.settings.livemode,
        "metadata": {},
        "type": card.type,
        card.type: _look(account, card),
    }
    account.store.secrets[str(method["id"])]["card"] = card
    account.store.add(method)
    if customer:
        account.events.emit("payment_method.attached", method)
    return method


def _look(account: Account, card: Card) -> Object:
    """Return what is shown of it."""
    fingerprint = f"finger{card.last4}"
    if card.type == "sepa_debit":
        return {"country": "DE", "last4": card.last4, "bank_code": "37040044", "fingerprint": fingerprint}
    return {
        "brand": card.brand,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 1970 + account.now // 31_556_952 + LASTS,
        "fingerprint": fingerprint,
        "funding": "credit",
        "last4": card.last4,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "three_d_secure_usage": {"supported": True},
    }


def card_of(account: Account, method: str) -> Card:
    """Return how a payment method behaves; what was said of its customer's ways to pay comes first."""
    customer = account.store.get("payment_method", method).get("customer")
    said = account.store.secrets.get(customer or "", {}).get("card")
    found: Card = said or account.store.secrets[method]["card"]
    return found


def behave(account: Account, customer: str, behaviour: str | None) -> None:
    """Have everything a customer pays with behave like one of CARDS from now on; None ends that."""
    account.store.live("customer", customer, "customer")
    if behaviour is None:
        account.store.secrets[customer].pop("card", None)
    else:
        account.store.secrets[customer]["card"] = CARDS[behaviour]


def create(account: Account, params: Parameters) -> Object:
    """Make one from a token, as tests do: `{"type": "card", "card": {"token": "tok_visa"}}`."""
    token = params.get("card", {}).get("token")
    if token is None and params.get("type") != "sepa_debit":
        raise invalid("This double takes test tokens, no card numbers: card[token]=tok_visa.", "card")
    if token is not None and token not in TOKENS:
        raise missing("token", token, "card[token]")
    return make(account, CARDS[TOKENS[token] if token else "async"])


def retrieve(account: Account, method: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("payment_method", method, "payment_method")


def attach(account: Account, method: str, params: Parameters) -> Object:
    """Give one to a customer; a card that the bank refuses is refused here too."""
    customer = account.store.live("customer", params["customer"], "customer")["id"]
    if method in TOKENS:
        card = CARDS[TOKENS[method]]
        if card.behaviour == "declined":
            raise declined(card.decline_code)
        return make(account, card, customer)
    found = account.store.get("payment_method", method, "payment_method")
    if found["customer"] not in {None, customer}:
        raise Refused(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    if account.store.secrets[method]["card"].behaviour == "declined":
        raise declined(account.store.secrets[method]["card"].decline_code)
    if found["customer"] is None:
        found["customer"] = customer
        account.store.add(found)
        account.events.emit("payment_method.attached", found)
    return found


def detach(account: Account, method: str, _: Parameters) -> Object:
    """Take one from its customer, for good."""
    found = account.store.get("payment_method", method, "payment_method")
    if found["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    before = copy(found)
    settings = account.store.get("customer", found["customer"])["invoice_settings"]
    if settings["default_payment_method"] == method:
        settings["default_payment_method"] = None
    found["customer"] = None
    account.events.emit("payment_method.detached", found, {"customer": before["customer"]})
    return found


def default_of(account: Account, subscription: Object | None, customer: str) -> str | None:
    """Return what is charged: the subscription's way to pay, else the customer's."""
    own = subscription.get("default_payment_method") if subscription else None
    theirs = account.store.live("customer", customer, "customer")["invoice_settings"]["default_payment_method"]
    chosen = own or theirs
    attached = isinstance(chosen, str) and account.store.get("payment_method", chosen).get("customer") == customer
    return chosen if attached else None
