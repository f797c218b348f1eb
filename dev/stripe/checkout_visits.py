"""What a buyer does at a Checkout: pays, fails, confirms with the bank, waits for slow money, or stays away.

The subscription comes into being only once its payment went well (since Stripe's version basil).
"""

from typing import Any

from dev.stripe import (
    checkout_lines,
    collection,
    customers,
    invoices,
    payment_intents,
    payment_methods,
    promotion_codes,
    subscriptions,
)
from dev.stripe import (
    checkout_sessions as sessions,
)
from dev.stripe.account import Account
from dev.stripe.cards import Card
from dev.stripe.events import copy
from dev.stripe.refusal import Refused, declined
from dev.stripe.shapes import Object


def pay(account: Account, session: str, card: Card, *, email: str = "buyer@example.com") -> Object:
    """Pay with a card. A card that is refused raises what the page shows, and the session stays open.

    A card that wants its bank's confirmation leaves it open too, until `confirm`.
    """
    found = require_open(account, session)
    if card.behaviour == "declined" or (card.behaviour == "declined_later" and found["amount_total"]):
        _tell_of_refusal(account, found, card)
        raise declined(card.decline_code)
    customer = _customer(account, found, email)
    method = payment_methods.make(account, card, customer["id"] if customer else None)
    account.store.secrets[session]["method"] = method["id"]
    if card.behaviour.startswith("3ds") and found["amount_total"]:
        return found
    return _complete(account, found, method)


def require_open(account: Account, session: str) -> Object:
    """Return a session that can still be paid."""
    found = account.store.get("checkout.session", session, "session")
    if found["status"] != "open":
        raise Refused(f"This Checkout Session is {found['status']}.", code="checkout_session_not_open")
    return found


def _tell_of_refusal(account: Account, session: Object, card: Card) -> None:
    method = payment_methods.make(account, card)
    intent = _intent(account, session)
    payment_intents.attempt(account, intent, method["id"], present=True)


def _intent(account: Account, session: Object) -> Object:
    """Return the session's payment intent, which its first try brings into being."""
    if made := account.store.secrets[session["id"]].get("intent"):
        return account.store.get("payment_intent", made)
    data = account.store.secrets[session["id"]]["params"].get("payment_intent_data", {})
    further: dict[str, Any] = {"metadata": data.get("metadata", {})}
    intent = payment_intents.make(account, session["amount_total"], session["currency"], session["customer"], **further)
    account.store.secrets[session["id"]]["intent"] = intent["id"]
    account.store.secrets[intent["id"]]["session"] = session["id"]
    return intent


def _customer(account: Account, session: Object, email: str) -> Object | None:
    if session["customer"]:
        return account.store.live("customer", session["customer"], "customer")
    address = session["customer_email"] or email
    details = dict.fromkeys(("address", "business_name", "individual_name", "name", "phone", "tax_ids"))
    session["customer_details"] = details | {"email": address, "tax_exempt": "none"}
    if session["mode"] == "payment" and session["customer_creation"] == "if_required":
        return None
    made = customers.create(account, {"email": address})
    session["customer"] = made["id"]
    return made


def confirm(account: Account, session: str, *, agreed: bool) -> Object:
    """The buyer confirmed with their bank, or did not."""
    found = require_open(account, session)
    method = account.store.secrets[session].get("method")
    if method is None:
        raise Refused("Nobody has tried to pay this Checkout Session.", code="checkout_session_not_tried")
    if not agreed:
        raise declined("authentication_required")
    account.store.secrets[method]["confirmed"] = True
    return _complete(account, found, account.store.get("payment_method", method), confirmed=True)


def _complete(account: Account, session: Object, method: Object, *, confirmed: bool = False) -> Object:
    customer = account.store.live("customer", session["customer"]) if session["customer"] else None
    status = "succeeded"
    if session["mode"] == "subscription" and customer:
        status = _subscribe(account, session, customer, method, confirmed=confirmed)
    elif session["amount_total"]:
        intent = _intent(account, session)
        intent["customer"] = session["customer"]
        status = payment_intents.attempt(account, intent, method["id"], present=True)
        if status == "requires_action" and confirmed:
            payment_intents.confirmed(account, intent, agreed=True)
            status = intent["status"]
        session["payment_intent"] = intent["id"]
    if status == "requires_payment_method":
        raise declined("generic_decline")
    free = not session["amount_total"]
    paid = "no_payment_required" if free else "unpaid" if status == "processing" else "paid"
    session |= {"status": "complete", "payment_status": paid, "url": None}
    account.events.emit("checkout.session.completed", session)
    return session


def _subscribe(account: Account, session: Object, customer: Object, method: Object, *, confirmed: bool) -> str:
    secrets = account.store.secrets[session["id"]]
    data = dict(secrets["params"].get("subscription_data", {}))
    trial = subscriptions.trial_end(account, data)
    given = [_item(line) for line in secrets["lines"] if line["price"]["type"] == "recurring"]
    params = data | {"items": given, "default_payment_method": method["id"], "discounts": secrets["taken"]}
    params["automatic_tax"] = {"enabled": session["automatic_tax"]["enabled"]}
    subscription = subscriptions.begin(account, customer, params, trial)
    invoice = subscriptions.first_invoice(account, customer, subscription, method["id"])
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    account.store.secrets[invoice["id"]]["session"] = session["id"]
    intent = invoices.intent_of(account, invoice)
    if intent and intent["status"] == "requires_action" and confirmed:
        payment_intents.confirmed(account, intent, agreed=True)
        collection.follow(account, invoice, intent["status"])
    return intent["status"] if intent else "succeeded"


def _item(line: Object) -> dict[str, Any]:
    quantity = {} if line["quantity"] is None else {"quantity": line["quantity"]}
    return {"price": line["price"]["id"], "metadata": line["metadata"]} | quantity


def enter_code(account: Account, session: str, code: str) -> Object:
    """The buyer types a promotion code."""
    found = require_open(account, session)
    known = promotion_codes.find(account, code) if found["allow_promotion_codes"] else None
    if known is None:
        raise Refused("This code is invalid.", code="promotion_code_invalid", param="code")
    promotion_codes.usable(account, known["id"], found["customer"], "code")
    account.store.secrets[session]["taken"] = [{"promotion_code": known["id"]}]
    found["discounts"] = [{"coupon": None, "promotion_code": known["id"]}]
    sessions.price(account, found)
    return found


def set_quantity(account: Account, session: str, line: str, quantity: int) -> Object:
    """The buyer takes another quantity of a line that allows it."""
    found = require_open(account, session)
    chosen = next((each for each in checkout_lines.of(account, session) if each["id"] == line), None)
    range_ = (chosen or {}).get("adjustable_quantity") or {}
    if chosen is None or not range_.get("enabled"):
        raise Refused("The quantity of this line cannot be changed.", param="quantity")
    if not range_.get("minimum", 0) <= quantity <= range_.get("maximum", 99):
        raise Refused("The quantity is outside what is allowed.", param="quantity")
    chosen["quantity"] = quantity
    sessions.price(account, found)
    return found


def settled(account: Account, intent: Object) -> None:
    """Tell of slow money that came, or did not, for the session that asked for it."""
    session = account.store.find(_session_of(account, intent))
    if session is None or session["payment_status"] != "unpaid" or session["status"] != "complete":
        return
    before = copy(session)
    came = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if came else "unpaid"
    kind = "async_payment_succeeded" if came else "async_payment_failed"
    account.events.emit(
        f"checkout.session.{kind}", session, None if before == session else {"payment_status": "unpaid"}
    )


def _session_of(account: Account, intent: Object) -> str:
    secrets = account.store.secrets
    own: str | None = secrets[intent["id"]].get("session")
    return own or secrets[secrets[intent["id"]].get("invoice", "")].get("session", "")
