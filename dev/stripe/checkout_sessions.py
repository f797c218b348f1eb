"""Checkout Sessions: what is offered to a buyer. What the buyer does is in checkout_visits.py."""

from typing import Any

from dev.stripe import amounts, checkout_lines, coupons, discounts, promotion_codes, subscriptions
from dev.stripe.account import Account
from dev.stripe.clock import DAY
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused, invalid, undone
from dev.stripe.shapes import Object

ECHOED = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "customer_email",
    "integration_identifier",
    "locale",
    "phone_number_collection",
    "return_url",
    "submit_type",
    "success_url",
)


def create(account: Account, params: Parameters) -> Object:
    """Offer something; the answer's `url` is where the buyer goes."""
    if customer := params.get("customer"):
        account.store.live("customer", customer, "customer")
    identifier = account.identifiers.make(f"cs_{'live' if account.settings.livemode else 'test'}", 58)
    lines = [
        checkout_lines.make(account, given, params["mode"], index)
        for index, given in enumerate(params.get("line_items", []))
    ]
    recurring = params["mode"] == "subscription"
    if recurring and not any(line["price"]["type"] == "recurring" for line in lines):
        raise invalid(
            "You must provide at least one recurring price in `subscription` mode when using prices.", "line_items"
        )
    if recurring and any(line["price"]["type"] == "one_time" for line in lines):
        raise undone("line_items")
    if recurring:
        subscriptions.trial_end(account, params.get("subscription_data", {}))
    session = _new(account, params, identifier, lines)
    put(session, params, ECHOED)
    if "tax_id_collection" in params:
        session["tax_id_collection"] = {"required": "never"} | params["tax_id_collection"]
    account.store.secrets[identifier] |= {"lines": lines, "params": params, "taken": _offered(account, params)}
    price(account, session)
    account.later(session["expires_at"], _lapse, identifier)
    return session


def _new(account: Account, params: Parameters, identifier: str, lines: list[Object]) -> Object:
    named = account.store.get("customer", params["customer"]) if "customer" in params else None
    details = {"email": named["email"], "name": named["name"], "address": None, "phone": None} if named else None
    tax = {"enabled": False, "liability": None, "provider": None, "status": None}
    return account.new(
        "checkout.session",
        "cs",
        id=identifier,
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        automatic_tax=tax | params.get("automatic_tax", {}),
        currency=lines[0]["currency"] if lines else params.get("currency", "usd"),
        custom_fields=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        customer=params.get("customer"),
        customer_details=details,
        discounts=params.get("discounts", []),
        expires_at=params.get("expires_at", account.now + DAY),
        metadata=metadata(params),
        mode=params["mode"],
        payment_method_options={},
        payment_method_types=params.get("allowed_payment_method_types", ["card", "sepa_debit"]),
        payment_status="unpaid",
        shipping_options=[],
        status="open",
        ui_mode="hosted_page",
        url=f"{account.settings.url}/c/pay/{identifier}",
        **_of_mode(params),
    )


def _of_mode(params: Parameters) -> Object:
    """Return the members that mean something only in one mode."""
    if params["mode"] == "subscription":
        collection = params.get("payment_method_collection", "always")
        return {"customer_creation": "always", "payment_method_collection": collection}
    creation = {"enabled": False, "invoice_data": {"metadata": {}}}
    return {
        "customer_creation": params.get("customer_creation", "if_required"),
        "invoice_creation": creation,
        "payment_method_collection": "if_required",
    }


def _offered(account: Account, params: Parameters) -> list[dict[str, Any]]:
    """Check the discounts of a request and return them."""
    given: list[dict[str, Any]] = params.get("discounts", [])
    for each in given:
        if "promotion_code" in each:
            promotion_codes.usable(
                account, each["promotion_code"], params.get("customer"), "discounts[0][promotion_code]"
            )
        elif "coupon" in each:
            coupons.usable(account, each["coupon"], "discounts[0][coupon]")
    return given


def price(account: Account, session: Object) -> None:
    """Sum what is offered: with a trial, nothing of the recurring lines is due today."""
    secrets = account.store.secrets[session["id"]]
    trial = subscriptions.trial_end(account, secrets["params"].get("subscription_data", {}))
    for line in secrets["lines"]:
        free = line["quantity"] is None or (trial and line["price"]["type"] == "recurring")
        line["amount_subtotal"] = 0 if free else amounts.of(line["price"], line["quantity"])
    subtotal = sum(line["amount_subtotal"] for line in secrets["lines"])
    taken = min(subtotal, sum(discounts.off(coupon, subtotal) for coupon in _coupons(account, secrets["taken"])))
    for line in secrets["lines"]:
        line["amount_discount"] = line["amount_subtotal"] * taken // subtotal if subtotal else 0
        line["amount_total"] = line["amount_subtotal"] - line["amount_discount"]
    session |= {
        "amount_subtotal": subtotal,
        "amount_total": subtotal - taken,
        "total_details": {"amount_discount": taken, "amount_shipping": 0, "amount_tax": 0},
    }


def _coupons(account: Account, taken: list[dict[str, Any]]) -> list[Object]:
    codes = [account.store.get("promotion_code", each["promotion_code"]) for each in taken if "promotion_code" in each]
    named = [each["coupon"] for each in taken if "coupon" in each]
    return [account.store.get("coupon", each) for each in [*named, *(code["promotion"]["coupon"] for code in codes)]]


def retrieve(account: Account, session: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("checkout.session", session)


def update(account: Account, session: str, params: Parameters) -> Object:
    """Change its metadata."""
    found = account.store.get("checkout.session", session)
    put(found, params, ())
    return found


def expire(account: Account, session: str, _: Parameters) -> Object:
    """Close an open one before anybody pays."""
    found = account.store.get("checkout.session", session)
    if found["status"] != "open":
        raise Refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status '
            f"of `{found['status']}`.",
            param="session",
        )
    return lapse(account, session)


def _lapse(account: Account, session: str) -> None:
    lapse(account, session)


def lapse(account: Account, session: str) -> Object:
    """Its time is over."""
    found = account.store.get("checkout.session", session)
    if found["status"] == "open":
        before = copy(found)
        found |= {"status": "expired", "url": None, "expires_at": min(account.now, before["expires_at"])}
        account.events.emit("checkout.session.expired", found)
    return found
