"""Changing a subscription: items, trial, end, pause of collection, and what is billed for it."""

from dev.stripe import (
    changes,
    collection,
    discounts,
    invoice_lines,
    invoices,
    pauses,
    payment_methods,
    pending_updates,
    renewals,
    standing,
    subscription_items,
)
from dev.stripe.account import Account
from dev.stripe.changes import Change
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import put
from dev.stripe.refusal import Refused, declined, invalid
from dev.stripe.shapes import Object

PLAIN = ("collection_method", "days_until_due", "default_payment_method", "description")


def update(account: Account, subscription: str, params: Parameters) -> Object:
    """Change a subscription by request; what is refused changes nothing."""
    found = account.store.get("subscription", subscription)
    if found["status"] in standing.ENDED:
        return _touch_ended(account, found, params)
    before = copy(found)
    try:
        ends_trial, change = _set(account, found, params)
    except Refused:
        found |= before
        subscription_items.put(account, found, before["items"]["data"])
        raise
    if change and params.get("payment_behavior") == "pending_if_incomplete":
        return _change_when_paid(account, found, before, change)
    if change:
        _apply(account, found, change)
    invoice = _bill(account, found, change, params) if change and not ends_trial else None
    standing.change(account, found, before)
    renewals.schedule(account, found)
    if ends_trial:
        renewals.renew(account, found, at_once=True)
    elif invoice:
        collection.issue(account, invoice, present=True)
    return found


def _set(account: Account, found: Object, params: Parameters) -> tuple[bool, Change | None]:
    """Set what is only to be set; return whether the trial ends now, and what changes of the items."""
    _check(account, found, params)
    put(found, params, PLAIN)
    put(found["cancellation_details"], params.get("cancellation_details", {}), ("comment", "feedback"))
    _set_end(account, found, params)
    _set_pause(account, found, params)
    if "trial_settings" in params:
        found["trial_settings"] = params["trial_settings"]
    ends_trial = set_trial(account, found, params)
    change = None
    if "items" in params or changes.restarts_all(params):
        change = changes.work_out(account, copy(found), params)
    if "discounts" in params:
        found["discounts"] = discounts.apply(account, params["discounts"] or [], found["customer"], found["id"])
    return ends_trial, change


def _touch_ended(account: Account, found: Object, params: Parameters) -> Object:
    """Change what may still be said of a subscription that has ended."""
    if params.keys() - {"metadata", "cancellation_details"}:
        raise Refused(
            "A canceled subscription can only update its cancellation_details and metadata.", param="subscription"
        )
    before = copy(found)
    put(found, params, ())
    put(found["cancellation_details"], params.get("cancellation_details", {}), ("comment", "feedback"))
    account.events.changed("customer.subscription.updated", found, before)
    return found


def _check(account: Account, found: Object, params: Parameters) -> None:
    if method := params.get("default_payment_method"):
        owner = account.store.get("payment_method", method, "default_payment_method")["customer"]
        if owner != found["customer"]:
            raise invalid(
                f"The customer does not have a payment method with the ID {method}.", "default_payment_method"
            )
    check_proration_date(found, params)
    if params.get("payment_behavior") == "error_if_incomplete" and found["default_payment_method"]:
        card = payment_methods.card_of(account, found["default_payment_method"])
        if card.behaviour not in {"ok", "async"} and params.get("proration_behavior") == "always_invoice":
            raise declined(card.decline_code)


def check_proration_date(found: Object, params: Parameters) -> None:
    """Refuse a date that does not lie in the period."""
    date = params.get("proration_date")
    items = found["items"]["data"]
    if date and not min(item["current_period_start"] for item in items) <= date <= subscription_items.end_of(found):
        raise invalid("Cannot specify proration_date outside of current period.", "proration_date")


def _set_end(account: Account, found: Object, params: Parameters) -> None:
    """Note when it ends, or that it does not after all."""
    if "cancel_at_period_end" in params:
        found["cancel_at_period_end"] = params["cancel_at_period_end"]
        found["cancel_at"] = subscription_items.end_of(found) if params["cancel_at_period_end"] else None
    elif "cancel_at" in params:
        found["cancel_at_period_end"] = False
        found["cancel_at"] = subscription_items.named_moment(found, params["cancel_at"])
    else:
        return
    found["canceled_at"] = account.now if found["cancel_at"] else None
    found["cancellation_details"]["reason"] = "cancellation_requested" if found["cancel_at"] else None


def _set_pause(account: Account, found: Object, params: Parameters) -> None:
    if "pause_collection" in params:
        given = params["pause_collection"]
        found["pause_collection"] = {"resumes_at": None} | given if given else None
        if given and given.get("resumes_at"):
            account.later(given["resumes_at"], pauses.end_collection_pause, found["id"])


def set_trial(account: Account, found: Object, params: Parameters) -> bool:
    """Give a trial, lengthen it, or end it now; tell whether it was ended."""
    end = params.get("trial_end")
    if end is None or (end == "now" and found["status"] != "trialing"):
        return False
    moment = account.now if end == "now" else int(end)
    if end != "now" and moment <= account.now:
        raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end")
    found |= {"trial_end": moment, "trial_start": found["trial_start"] or account.now, "billing_cycle_anchor": moment}
    for item in found["items"]["data"]:
        item["current_period_end"] = moment
        item["current_period_start"] = min(item["current_period_start"], account.now)
    if end != "now":
        found["status"] = "trialing"
    return bool(end == "now")


def _apply(account: Account, found: Object, change: Change) -> None:
    subscription_items.put(account, found, change.items)
    if change.restarted and found["status"] != "trialing":
        found["billing_cycle_anchor"] = account.now
    if found["cancel_at_period_end"]:
        found["cancel_at"] = subscription_items.end_of(found)


def _bill(account: Account, found: Object, change: Change, params: Parameters) -> Object | None:
    """Draw up what is billed at once: what begins anew, or what was asked to be. The rest waits for the renewal."""
    pending = account.store.secrets[found["id"]].setdefault("pending lines", [])
    pending += change.prorations
    begun = [] if found["status"] == "trialing" else invoice_lines.ahead(account, change.restarted, found["id"])
    if not begun and not (params.get("proration_behavior") == "always_invoice" and pending):
        return None
    customer = account.store.live("customer", found["customer"], "customer")
    lines = [*pending, *begun]
    pending.clear()
    return invoices.draw(account, customer, lines, "subscription_update", found)


def _change_when_paid(account: Account, found: Object, before: Object, change: Change) -> Object:
    """Bill first; change only when that is paid."""
    lines = [*change.prorations, *invoice_lines.ahead(account, change.restarted, found["id"])]
    if not lines:
        _apply(account, found, change)
        standing.change(account, found, before)
        return found
    customer = account.store.live("customer", found["customer"], "customer")
    invoice = invoices.draw(account, customer, lines, "subscription_update", found)
    pending_updates.wait(account, found, change.items, invoice)
    standing.change(account, found, before)
    collection.issue(account, invoice, present=True)
    return found
