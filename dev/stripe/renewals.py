"""Renewals: what becomes of a subscription when a period or a trial ends."""

from dev.stripe import (
    collection,
    endings,
    invoice_ends,
    invoice_lines,
    invoices,
    payment_methods,
    standing,
    subscription_items,
)
from dev.stripe.account import Account
from dev.stripe.clock import DAY
from dev.stripe.events import copy
from dev.stripe.shapes import Object

TRIAL_WARNING = 3 * DAY
UPCOMING = 7 * DAY
RENEWING = {"trialing", "active", "past_due", "unpaid"}


def schedule(account: Account, subscription: Object) -> None:
    """Note when a subscription must be looked at next; appointments that were overtaken do nothing."""
    identifier, end = subscription["id"], subscription_items.end_of(subscription)
    account.later(end, due, identifier)
    if subscription["cancel_at"] and subscription["cancel_at"] < end:
        account.later(subscription["cancel_at"], due, identifier)
    if end - UPCOMING > account.now:
        account.later(end - UPCOMING, _announce, identifier)
    if subscription["status"] == "trialing":
        account.later(max(account.now, subscription["trial_end"] - TRIAL_WARNING), _warn, identifier)


def _warn(account: Account, identifier: str) -> None:
    found = account.store.get("subscription", identifier)
    told = account.store.secrets[identifier]
    in_time = found["trial_end"] and account.now >= found["trial_end"] - TRIAL_WARNING
    if found["status"] == "trialing" and in_time and told.get("warned") != found["trial_end"]:
        told["warned"] = found["trial_end"]
        account.events.emit("customer.subscription.trial_will_end", found)


def _announce(account: Account, identifier: str) -> None:
    """Tell of the next invoice a week before; it has no id yet."""
    found = account.store.get("subscription", identifier)
    if (
        found["status"] in RENEWING
        and account.now == subscription_items.end_of(found) - UPCOMING
        and not _ends(account, found, UPCOMING)
    ):
        customer = account.store.live("customer", found["customer"], "customer")
        lines = next_lines(account, copy(found))
        preview = invoices.build(account, customer, lines, "upcoming", found)
        account.events.emit("invoice.upcoming", {key: each for key, each in preview.items() if key != "id"})


def next_lines(account: Account, draft: Object) -> list[Object]:
    """Return what the next invoice will hold, given a copy of a subscription that may be changed."""
    pending = account.store.secrets[draft["id"]].get("pending lines", [])
    used = invoice_lines.used(account, draft, draft["items"]["data"])
    for item in draft["items"]["data"]:
        subscription_items.roll(draft, item)
    return [
        *copy({"lines": pending})["lines"],
        *used,
        *invoice_lines.ahead(account, draft["items"]["data"], draft["id"]),
    ]


def _ends(account: Account, subscription: Object, within: int = 0) -> bool:
    cancel_at = subscription["cancel_at"]
    return subscription["cancel_at_period_end"] or (cancel_at is not None and cancel_at <= account.now + within)


def due(account: Account, identifier: str) -> None:
    """Look at a subscription at the end of a period: it ends, its trial does, or it is renewed."""
    found = account.store.get("subscription", identifier)
    cancel_at = found["cancel_at"]
    leaves = cancel_at is not None and cancel_at <= account.now
    if found["status"] not in RENEWING or (account.now < subscription_items.end_of(found) and not leaves):
        return
    if _ends(account, found):
        endings.cancel(account, found)
    elif found["status"] == "trialing":
        _end_trial(account, found)
    else:
        renew(account, found)


def _end_trial(account: Account, subscription: Object) -> None:
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if behavior != "create_invoice" and not payment_methods.default_of(account, subscription, subscription["customer"]):
        if behavior == "cancel":
            endings.cancel(account, subscription)
        else:
            standing.pause(account, subscription, "trial_end_without_payment_method")
        return
    renew(account, subscription)


def renew(account: Account, subscription: Object, *, at_once: bool = False) -> Object:
    """Begin the next period of every item whose time is up, and draw up the invoice for it."""
    before = copy(subscription)
    items = [item for item in subscription["items"]["data"] if item["current_period_end"] <= account.now]
    pending = account.store.secrets[subscription["id"]].setdefault("pending lines", [])
    lines = [*pending, *invoice_lines.used(account, subscription, items)]
    pending.clear()
    for item in items:
        subscription_items.roll(subscription, item)
    lines += invoice_lines.ahead(account, items, subscription["id"])
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    customer = account.store.live("customer", subscription["customer"], "customer")
    invoice = invoices.draw(account, customer, lines, "subscription_cycle", subscription)
    standing.change(account, subscription, before)
    schedule(account, subscription)
    if not _is_held(account, subscription, invoice):
        if at_once:
            collection.issue(account, invoice)
        else:
            account.later(account.now + invoices.DRAFT_FOR, collection.advance, invoice["id"])
    return invoice


def _is_held(account: Account, subscription: Object, invoice: Object) -> bool:
    """Leave an invoice uncollected where the subscription is unpaid or its collection paused."""
    paused = subscription["pause_collection"]
    if paused is None and subscription["status"] != "unpaid":
        return False
    invoice["auto_advance"] = False
    if paused and paused["behavior"] != "keep_as_draft":
        invoices.finalize(account, invoice)
        if paused["behavior"] == "void":
            invoice_ends.void(account, invoice)
        else:
            invoice_ends.write_off(account, invoice)
    return True
