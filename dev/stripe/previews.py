"""`invoices.create_preview`: the next invoice, or the one that a change would bring, drawn up and thrown away."""

from dev.stripe import changes, invoice_lines, invoices, renewals, subscription_updates
from dev.stripe import subscription_items as items_of
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.endings import require_running
from dev.stripe.events import copy
from dev.stripe.refusal import Refused, invalid
from dev.stripe.shapes import Object


def create(account: Account, params: Parameters) -> Object:
    """Return the invoice that would come next."""
    if "subscription" in params:
        return _of_subscription(account, params)
    details = params.get("subscription_details", {})
    if "items" not in details:
        raise invalid("You must pass a subscription or subscription_details[items].", "subscription")
    customer = _customer(account, params)
    made = [items_of.make(account, given, "", None) for given in details["items"]]
    lines = invoice_lines.ahead(account, made, None)
    return _shown(invoices.build(account, customer, lines, "upcoming"))


def _customer(account: Account, params: Parameters) -> Object:
    if "customer" in params:
        return account.store.live("customer", params["customer"], "customer")
    return {"id": None, "address": None, "email": None, "name": None, "tax_exempt": "none", "balance": 0}


def _of_subscription(account: Account, params: Parameters) -> Object:
    found = require_running(account, params["subscription"])
    if params.get("customer") not in {None, found["customer"]}:
        raise invalid("The subscription does not belong to this customer.", "subscription")
    draft = copy(found)
    details = params.get("subscription_details", {})
    if details.get("cancel_at_period_end") or details.get("cancel_now") or details.get("pause"):
        return _last(account, draft, details)
    if draft["cancel_at_period_end"] and not details:
        raise Refused("No upcoming invoices for this subscription.", status=404, code="invoice_upcoming_none")
    lines = _changed(account, draft, details) if details else renewals.next_lines(account, draft)
    customer = account.store.live("customer", draft["customer"], "customer")
    return _shown(invoices.build(account, customer, lines, "upcoming", draft))


def _changed(account: Account, draft: Object, details: Parameters) -> list[Object]:
    """Return what a change would cost: at once if it is billed at once, else with the next renewal."""
    subscription_updates.check_proration_date(draft, details)
    ends_trial = subscription_updates.set_trial(account, draft, details)
    change = changes.work_out(account, draft, details)
    if ends_trial:
        for item in change.items:
            items_of.roll(draft, item)
        return invoice_lines.ahead(account, change.items, draft["id"])
    pending = copy({"lines": account.store.secrets[draft["id"]].get("pending lines", [])})["lines"]
    now = [*pending, *change.prorations]
    if change.restarted:
        return [*now, *invoice_lines.ahead(account, change.restarted, draft["id"])]
    if details.get("proration_behavior") == "always_invoice":
        return now
    used = invoice_lines.used(account, draft, draft["items"]["data"])
    for item in draft["items"]["data"]:
        items_of.roll(draft, item)
    return [*now, *used, *invoice_lines.ahead(account, draft["items"]["data"], draft["id"])]


def _last(account: Account, draft: Object, details: Parameters) -> Object:
    """Return what would still be billed of a subscription that ends or pauses."""
    lines = copy({"lines": account.store.secrets[draft["id"]].get("pending lines", [])})["lines"]
    if details.get("prorate") or details.get("pause"):
        since = details.get("proration_date") or account.now
        for item in draft["items"]["data"]:
            lines += invoice_lines.part(account, item, draft["id"], since, -1)
    customer = account.store.live("customer", draft["customer"], "customer")
    return _shown(invoices.build(account, customer, lines, "upcoming", draft))


def _shown(invoice: Object) -> Object:
    """Return a preview: its id begins with upcoming_in, and nothing can be done with it."""
    return invoice | {"id": invoice["id"].replace("in_", "upcoming_in_"), "auto_advance": False}
