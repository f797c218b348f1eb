"""What a customer does in the portal, within what the configuration allows."""

from collections.abc import Callable

from starlette.responses import RedirectResponse

from dev.stripe import customers, endings, pauses, payment_methods, standing, subscription_updates
from dev.stripe.account import Account
from dev.stripe.cards import CARDS
from dev.stripe.money import shown
from dev.stripe.refusal import Refused, declined
from dev.stripe.shapes import Object

Given = dict[str, str]


def offered(account: Account, updates: Object) -> list[Object]:
    """Return the prices that a customer may change to."""
    named = [price for product in updates["products"] or [] for price in product["prices"]]
    return [account.store.get("price", price) for price in named]


def described(account: Account, price: Object) -> str:
    """Return a price as it is offered."""
    product = account.store.find(price["product"]) or {}
    interval = (price["recurring"] or {}).get("interval", "")
    return f"{product.get('name')} · {shown(price['unit_amount'] or 0, price['currency'])} / {interval}"


def _require(*, allowed: bool) -> None:
    if not allowed:
        raise Refused("This portal does not allow that.", status=403)


def _update(account: Account, subscription: Object, features: Object, given: Given) -> str:
    updates = features["subscription_update"]
    price = given.get("price")
    _require(allowed=updates["enabled"] and price in {each["id"] for each in offered(account, updates)})
    item: dict[str, object] = {"id": subscription["items"]["data"][0]["id"], "price": price}
    if "quantity" in given:
        _require(allowed="quantity" in (updates["default_allowed_updates"] or []) and given["quantity"].isdigit())
        item["quantity"] = int(given["quantity"])
    params = {"items": [item], "proration_behavior": updates["proration_behavior"]}
    subscription_updates.update(account, subscription["id"], params)
    return "Your plan was changed."


def _cancel(account: Account, subscription: Object, features: Object, given: Given) -> str:
    cancel = features["subscription_cancel"]
    _require(allowed=cancel["enabled"])
    details = (
        {"feedback": given["feedback"]} if given.get("feedback") in cancel["cancellation_reason"]["options"] else {}
    )
    if cancel["mode"] == "immediately":
        prorates = cancel["proration_behavior"] != "none"
        params = {"cancellation_details": details, "prorate": prorates, "invoice_now": prorates}
        endings.delete(account, subscription["id"], params)
        return "Your plan has ended."
    params = {"cancel_at_period_end": True, "cancellation_details": details}
    subscription_updates.update(account, subscription["id"], params)
    return "Your plan ends with its period."


def _renew(account: Account, subscription: Object, _: Object, __: Given) -> str:
    subscription_updates.update(account, subscription["id"], {"cancel_at_period_end": False})
    return "Your plan goes on."


def _pause(account: Account, subscription: Object, features: Object, _: Given) -> str:
    _require(allowed=features["subscription_pause"]["enabled"])
    pauses.pause(account, subscription["id"], {})
    return "Your plan is paused."


def _resume(account: Account, subscription: Object, features: Object, _: Given) -> str:
    _require(allowed=features["subscription_pause"]["enabled"])
    pauses.resume(account, subscription["id"], {})
    return "Your plan goes on."


ACTIONS: dict[str, Callable[[Account, Object, Object, Given], str]] = {
    "update": _update,
    "cancel": _cancel,
    "renew": _renew,
    "pause": _pause,
    "resume": _resume,
}


def do(account: Account, session: Object, given: Given) -> str:
    """Do one thing and return the sentence that says so."""
    features = account.store.get("billing_portal.configuration", session["configuration"])["features"]
    customer, action = session["customer"], given.get("action", "")
    if action == "card":
        _require(allowed=features["payment_method_update"]["enabled"])
        return _use_card(account, customer, given)
    if action == "details":
        allowed = features["customer_update"]
        _require(allowed=allowed["enabled"] and "email" in allowed["allowed_updates"])
        customers.update(account, customer, {"email": given.get("email", "")})
        return "Your details were saved."
    if action not in ACTIONS:
        raise Refused("Nothing is known by that name.")
    subscription = account.store.get("subscription", given.get("subscription"), "subscription")
    _require(allowed=subscription["customer"] == customer)
    return ACTIONS[action](account, subscription, features, given)


def _use_card(account: Account, customer: str, given: Given) -> str:
    card = CARDS.get(given.get("card", ""))
    if card is None or card.behaviour == "declined":
        raise declined(card.decline_code if card else "generic_decline")
    method = payment_methods.make(account, card, customer)["id"]
    customers.update(account, customer, {"invoice_settings": {"default_payment_method": method}})
    for subscription in account.store.of("subscription", customer):
        if subscription["status"] not in standing.ENDED:
            subscription_updates.update(account, subscription["id"], {"default_payment_method": method})
    return "Your new card is used from now on."


def redirect(session: Object) -> RedirectResponse | None:
    """Lead on after a flow that was asked for by a deep link."""
    after = (session["flow"] or {}).get("after_completion") or {}
    address = (after.get("redirect") or {}).get("return_url")
    return RedirectResponse(address, 303) if after.get("type") == "redirect" and address else None
