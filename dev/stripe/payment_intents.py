"""Payment intents: what is to be paid, the tries to pay it, and what became of them. They are made by the double."""

from typing import Any

from dev.stripe import charges, payment_methods
from dev.stripe.account import Account
from dev.stripe.cards import Card
from dev.stripe.contract import Parameters
from dev.stripe.refusal import Refused, declined
from dev.stripe.shapes import Object


def make(account: Account, amount: int, currency: str, customer: str | None, **further: Any) -> Object:  # noqa: ANN401 - members of any kind
    """Make an intent that waits for a way to pay."""
    identifier = account.identifiers.make("pi")
    members: dict[str, Any] = {
        "id": identifier,
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic",
        "client_secret": f"{identifier}_secret_{account.identifiers.make('x', 10)[2:]}",
        "confirmation_method": "automatic",
        "currency": currency,
        "customer": customer,
        "metadata": {},
        "payment_method_types": ["card", "sepa_debit"],
        "status": "requires_payment_method",
    }
    intent = account.new("payment_intent", "pi", **(members | further))
    account.events.emit("payment_intent.created", intent)
    return intent


def attempt(account: Account, intent: Object, method: str, *, present: bool) -> str:
    """Charge a way to pay and return the intent's status. `present` tells that a person can confirm it now."""
    card = payment_methods.card_of(account, method)
    intent |= {"payment_method": method, "last_payment_error": None, "next_action": None}
    if card.behaviour.startswith("declined"):
        fail(account, intent, card)
    elif card.behaviour == "async":
        _process(account, intent)
    elif _wants_confirmation(account, method, card):
        _ask(account, intent, present=present)
    else:
        succeed(account, intent)
    status: str = intent["status"]
    return status


def _wants_confirmation(account: Account, method: str, card: Card) -> bool:
    confirmed = account.store.secrets[method].get("confirmed", False)
    return card.behaviour == "3ds" or (card.behaviour == "3ds_once" and not confirmed)


def succeed(account: Account, intent: Object) -> None:
    """The money has come."""
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None, "processing": None}
    charges.finish(account, intent)
    account.events.emit("payment_intent.succeeded", intent)


def fail(account: Account, intent: Object, card: Card) -> None:
    """The bank said no."""
    refusal = declined(card.decline_code)
    charge = charges.make(account, intent, "failed", refusal)
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": refusal.body("req")["error"]
        | {"charge": charge["id"], "payment_method": account.store.get("payment_method", intent["payment_method"])},
        "latest_charge": charge["id"],
        "payment_method": None,
        "next_action": None,
    }
    account.events.emit("charge.failed", charge)
    account.events.emit("payment_intent.payment_failed", intent)


def _process(account: Account, intent: Object) -> None:
    charge = charges.make(account, intent, "pending")
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    account.events.emit("charge.pending", charge)
    account.events.emit("payment_intent.processing", intent)


def _ask(account: Account, intent: Object, *, present: bool) -> None:
    url = f"{account.settings.url}/3ds/{intent['id']}"
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}}
    if not present:
        intent["last_payment_error"] = {
            "type": "card_error",
            "code": "authentication_required",
            "message": "Your card was declined. This transaction requires authentication.",
        }
    account.events.emit("payment_intent.requires_action", intent)


def confirmed(account: Account, intent: Object, *, agreed: bool) -> None:
    """A person confirmed the payment with their bank, or would not."""
    if intent["status"] != "requires_action":
        raise Refused("This PaymentIntent waits for nobody.", code="payment_intent_unexpected_state")
    if agreed:
        account.store.secrets[intent["payment_method"]]["confirmed"] = True
        succeed(account, intent)
    else:
        fail(account, intent, Card("declined", "3184", decline_code="authentication_required"))


def settled(account: Account, intent: Object, *, paid: bool) -> None:
    """A slow payment has arrived, or has not."""
    if intent["status"] != "processing":
        raise Refused("This PaymentIntent is not being processed.", code="payment_intent_unexpected_state")
    if paid:
        succeed(account, intent)
    else:
        fail(account, intent, Card("declined", "3000", decline_code="insufficient_funds"))


def cancel(account: Account, intent: Object) -> None:
    """Nobody will pay this any more."""
    if intent["status"] not in {"succeeded", "canceled"}:
        intent |= {"status": "canceled", "canceled_at": account.now, "next_action": None}
        account.events.emit("payment_intent.canceled", intent)


def retrieve(account: Account, intent: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("payment_intent", intent, "intent")


def update(account: Account, intent: str, params: Parameters) -> Object:
    """Change what it says of itself; Stripe has no event for that."""
    found = account.store.get("payment_intent", intent, "intent")
    found["metadata"] |= params.get("metadata") or {}
    found["description"] = params.get("description", found["description"])
    return found
