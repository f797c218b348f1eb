"""Pauses: `POST /v1/subscriptions/{id}/pause` and `/resume`, and the end of a pause of collection."""

from dev.stripe import (
    collection,
    endings,
    invoice_ends,
    invoice_lines,
    invoices,
    renewals,
    standing,
    subscription_items,
)
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object


def pause(account: Account, subscription: str, params: Parameters) -> Object:
    """Pause on request; what is left of the period is credited on the next invoice unless told otherwise."""
    found = endings.require_running(account, subscription)
    if found["status"] not in {"active", "trialing", "past_due"}:
        raise Refused(f"A subscription that is {found['status']} cannot be paused.", code="subscription_not_pausable")
    unused = params.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    if found["status"] == "active" and unused != "none":
        pending = account.store.secrets[subscription].setdefault("pending lines", [])
        for item in found["items"]["data"]:
            since = account.now if unused == "now" else item["current_period_start"]
            pending += invoice_lines.part(account, item, subscription, since, -1)
    standing.pause(account, found, "pause_requested")
    return found


def resume(account: Account, subscription: str, params: Parameters) -> Object:
    """End a pause. With the anchor `now`, which is the default, a new period begins and is billed."""
    found = endings.require_running(account, subscription)
    if found["status"] != "paused":
        raise Refused("Only paused subscriptions can be resumed.", code="subscription_not_paused")
    before = copy(found)
    unchanged = params.get("billing_cycle_anchor", {}).get("type") == "unchanged"
    lines = _catch_up(account, found) if unchanged else _begin_anew(account, found)
    pending = account.store.secrets[subscription].setdefault("pending lines", [])
    kept, owed = copy({"lines": pending})["lines"], [*pending, *lines]
    pending.clear()
    customer = account.store.live("customer", found["customer"], "customer")
    invoice = invoices.draw(account, customer, owed, "subscription_update", found)
    if params.get("payment_behavior") != "resume_on_payment_success":
        _run(account, found, before)
        collection.issue(account, invoice)
    # Who must pay first stays paused while paying.
    elif collection.issue(account, invoice, present=True) == "paid":
        _run(account, found, before)
    else:
        pending += kept
        _stay(account, found, before, invoice)
    return found


def _stay(account: Account, subscription: Object, before: Object, invoice: Object) -> None:
    """Take back what a resumption that was not paid began; Stripe would wait for the invoice instead."""
    if invoice["status"] == "open":
        invoice_ends.void(account, invoice)
    subscription_items.put(account, subscription, before["items"]["data"])
    subscription["billing_cycle_anchor"] = before["billing_cycle_anchor"]
    standing.change(account, subscription, before)


def _run(account: Account, subscription: Object, before: Object) -> None:
    subscription |= {"status": "active", "status_details": None}
    standing.change(account, subscription, before, "resumed")
    renewals.schedule(account, subscription)


def _begin_anew(account: Account, subscription: Object) -> list[Object]:
    items = subscription["items"]["data"]
    subscription_items.restart(account, subscription, items)
    return invoice_lines.ahead(account, items, subscription["id"])


def _catch_up(account: Account, subscription: Object) -> list[Object]:
    """Charge what is left of the period in which today lies."""
    lines = []
    for item in subscription["items"]["data"]:
        while item["current_period_end"] <= account.now:
            subscription_items.roll(subscription, item)
        lines += invoice_lines.part(account, item, subscription["id"], account.now, 1)
    return lines


def end_collection_pause(account: Account, identifier: str) -> None:
    """Collect again on the day that `pause_collection[resumes_at]` named."""
    found = account.store.get("subscription", identifier)
    paused = found["pause_collection"]
    if paused and paused["resumes_at"] == account.now:
        before = copy(found)
        found["pause_collection"] = None
        standing.change(account, found, before)
