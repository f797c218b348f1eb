"""The customer portal: what one customer has, and what the configuration lets them change about it."""

from html import escape

from starlette.responses import HTMLResponse, Response

from dev.stripe import page, payment_methods, portal, portal_actions
from dev.stripe.account import Account
from dev.stripe.checkout_page import CHOICES
from dev.stripe.money import shown
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object
from dev.stripe.standing import ENDED
from dev.stripe.subscription_items import end_of

WORDS = {
    "customer_service": "The customer service was less than expected",
    "low_quality": "The quality was less than expected",
    "missing_features": "Some features are missing",
    "other": "Another reason",
    "switched_service": "I found an alternative",
    "too_complex": "It is too complex",
    "too_expensive": "It is too expensive",
    "unused": "I do not use it",
}


def require_fresh(account: Account, session: str) -> Object:
    """Return a session whose link is not stale; each use of it keeps it fresh for another hour."""
    found = account.store.get("billing_portal.session", session, "session")
    kept = account.store.secrets[session]
    if account.now > kept.get("until", found["created"] + portal.LASTS):
        raise Refused("This link to the portal has expired. Ask for a new one.", status=410)
    kept["until"] = account.now + 3600
    return found


def show(account: Account, session: str, *, problem: str = "", done: str = "") -> HTMLResponse:
    """Return the portal as it stands."""
    found = require_fresh(account, session)
    features = account.store.get("billing_portal.configuration", found["configuration"])["features"]
    flow = (found["flow"] or {}).get("type")
    parts = [page.alert(problem), page.alert(done, good=True)]
    running = [each for each in account.store.of("subscription", found["customer"]) if each["status"] not in ENDED]
    parts += [_subscription(account, each, features, flow) for each in running]
    if features["payment_method_update"]["enabled"] and flow in {None, "payment_method_update"}:
        change = page.form("card", page.choice("card", "New test card", CHOICES), button="Use this card")
        parts.append(page.section("Payment method", f"<p>{_method(account, found['customer'], running)}</p>", change))
    if features["customer_update"]["enabled"] and flow in {None, "customer_update"}:
        customer = account.store.live("customer", found["customer"])
        email = page.field("email", "E-mail", customer["email"] or "", kind="email")
        parts.append(page.section("Billing details", page.form("details", email, button="Save")))
    if features["invoice_history"]["enabled"] and flow is None:
        parts.append(page.section("Invoices", _invoices(account, found["customer"])))
    return page.respond("Your subscription", *parts, page.link(found["return_url"] or "", "Return"))


def _method(account: Account, customer: str, running: list[Object]) -> str:
    identifier = payment_methods.default_of(account, running[0] if running else None, customer)
    method = account.store.find(identifier or "")
    words = "Bank debit" if method and method["type"] != "card" else "Card"
    return f"{words} ending in {method[method['type']]['last4']}" if method else "No card yet."


def _invoices(account: Account, customer: str) -> str:
    rows = [
        (_numbered(each), f"{shown(each['total'], each['currency'])} <small>{escape(each['status'])}</small>")
        for each in list(account.store.of("invoice", customer))[::-1]
    ]
    return page.table(rows) if rows else "<p>None yet.</p>"


def _numbered(invoice: Object) -> str:
    words, date = escape(invoice["number"] or "Draft"), page.day(invoice["created"])
    address = invoice["hosted_invoice_url"]
    linked = f'<a href="{escape(address)}">{words}</a>' if address else words
    return f"{linked} <small>{date}</small>"


def _subscription(account: Account, subscription: Object, features: Object, flow: str | None) -> str:
    named = f'<input type="hidden" name="subscription" value="{subscription["id"]}">'
    rows = []
    for item in subscription["items"]["data"]:
        name = (account.store.find(item["price"]["product"]) or {}).get("name", item["price"]["product"])
        cost = shown(item["price"]["unit_amount"] or 0, subscription["currency"])
        each = f"{cost} / {page.interval(item['price']['recurring'])}"
        rows.append((f"{escape(name)} <small>&times; {item['quantity'] or 'as used'}</small>", escape(each)))
    words = "Ends on" if subscription["cancel_at_period_end"] else "Renews on"
    rows += [("Status", escape(subscription["status"])), (words, page.day(end_of(subscription)))]
    forms = [each for name, each in _forms(account, subscription, features, named) if flow in {None, name}]
    return page.section("Plan", page.table(rows), *forms)


def _forms(account: Account, subscription: Object, features: Object, named: str) -> list[tuple[str, str]]:
    forms = []
    updates = features["subscription_update"]
    if updates["enabled"] and subscription["status"] != "paused":
        prices = portal_actions.offered(account, updates)
        plans = {each["id"]: portal_actions.described(account, each) for each in prices}
        present = subscription["items"]["data"][0]["price"]["id"]
        parts = [page.choice("price", "Plan", plans, chosen=present)]
        if "quantity" in (updates["default_allowed_updates"] or []):
            quantity = subscription["items"]["data"][0]["quantity"]
            parts.append(page.field("quantity", "Quantity", quantity, kind="number"))
        forms.append(("subscription_update", page.form("update", named, *parts, button="Change plan", quiet=True)))
    if features["subscription_pause"]["enabled"] and subscription["status"] in {"active", "paused"}:
        verb = "resume" if subscription["status"] == "paused" else "pause"
        forms.append(("subscription_pause", page.form(verb, named, button=f"{verb.capitalize()} plan", quiet=True)))
    cancel = features["subscription_cancel"]
    if subscription["cancel_at_period_end"]:
        forms.append(("subscription_cancel", page.form("renew", named, button="Renew plan")))
    elif cancel["enabled"]:
        reason = ""
        if cancel["cancellation_reason"]["enabled"]:
            options = {each: WORDS[each] for each in cancel["cancellation_reason"]["options"]}
            reason = page.choice("feedback", "Why do you leave?", options)
        forms.append(("subscription_cancel", page.form("cancel", named, reason, button="Cancel plan", quiet=True)))
    return forms


def act(account: Account, session: str, given: dict[str, str]) -> Response:
    """Do what a button says."""
    found = require_fresh(account, session)
    try:
        done = portal_actions.do(account, found, given)
    except Refused as refused:
        return show(account, session, problem=refused.message)
    return portal_actions.redirect(found) or show(account, session, done=done)
