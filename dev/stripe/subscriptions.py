"""Subscriptions: begun by a request or by a Checkout that was paid."""

from typing import Any

from dev.stripe import collection, discounts, endings, invoice_lines, invoices, payment_methods, renewals, standing
from dev.stripe import subscription_items as items
from dev.stripe.account import Account
from dev.stripe.clock import DAY, HOUR
from dev.stripe.contract import Parameters
from dev.stripe.entitlements import refresh
from dev.stripe.members import metadata
from dev.stripe.refusal import Refused, declined, invalid
from dev.stripe.shapes import Object

UNPAID_FOR = 23 * HOUR
SETTINGS = {"payment_method_options": None, "payment_method_types": None, "save_default_payment_method": "off"}
END = {"missing_payment_method": "create_invoice"}


def create(account: Account, params: Parameters) -> Object:
    """Begin a subscription by request."""
    customer = account.store.live("customer", params["customer"], "customer")
    behavior = params.get("payment_behavior", "allow_incomplete")
    method = params.get("default_payment_method")
    if method and account.store.get("payment_method", method, "default_payment_method")["customer"] != customer["id"]:
        raise invalid(f"The customer does not have a payment method with the ID {method}.", "default_payment_method")
    chosen = method or customer["invoice_settings"]["default_payment_method"]
    trial = trial_end(account, params)
    automatic = params.get("collection_method", "charge_automatically") == "charge_automatically"
    if not chosen and automatic and behavior != "default_incomplete" and not trial and _costs(account, params):
        raise Refused(
            "This customer has no attached payment source or default payment method. "
            "Please consider adding a default payment method.",
            code="resource_missing",
        )
    if behavior == "error_if_incomplete" and chosen and not trial:
        card = payment_methods.card_of(account, chosen)
        if card.behaviour not in {"ok", "async"}:
            raise declined(card.decline_code)
    subscription = begin(account, customer, params, trial)
    first_invoice(account, customer, subscription, chosen if behavior != "default_incomplete" else None)
    return subscription


def _costs(account: Account, params: Parameters) -> bool:
    given = [account.store.get("price", each.get("price"), "items[0][price]") for each in params["items"]]
    return any(price["unit_amount_decimal"] != "0" and price["recurring"] for price in given)


def trial_end(account: Account, params: Parameters) -> int | None:
    """Return when the trial ends that a request asks for; None for none."""
    if "trial_end" in params and "trial_period_days" in params:
        raise invalid("You cannot set both trial_end and trial_period_days.", "trial_end")
    if days := params.get("trial_period_days"):
        return int(account.now + days * DAY)
    end = params.get("trial_end")
    if end in {None, "now"}:
        return None
    if int(end) <= account.now:
        raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end")
    return int(end)


def begin(account: Account, customer: Object, params: Parameters, trial: int | None) -> Object:
    """Make a subscription; it is in trial, or incomplete until its first invoice is paid."""
    identifier = account.identifiers.make("sub")
    period = (account.now, trial) if trial else None
    made = [items.make(account, given, identifier, period) for given in params["items"]]
    if len({item["price"]["currency"] for item in made}) > 1:
        raise invalid("All prices on a subscription must have the same `currency`.", "items")
    subscription = account.new(
        "subscription",
        "sub",
        id=identifier,
        customer=customer["id"],
        billing_cycle_anchor=trial or account.now,
        billing_schedules=[],
        cancellation_details=dict.fromkeys(("comment", "feedback", "feedback_option", "reason")),
        currency=made[0]["price"]["currency"],
        default_tax_rates=[],
        discounts=[],
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        items=account.list_of(made, f"subscription_items?subscription={identifier}") | {"total_count": len(made)},
        start_date=account.now,
        status="trialing" if trial else "incomplete",
        trial_end=trial,
        trial_start=account.now if trial else None,
        **_wished(params),
    )
    _set_end(subscription, params)
    subscription["discounts"] = discounts.apply(account, params.get("discounts") or [], customer["id"], identifier)
    return subscription


def _wished(params: Parameters) -> Object:
    """Return the members that a request decides about."""
    tax = {"disabled_reason": None, "liability": None} | params.get("automatic_tax", {"enabled": False})
    return {
        "automatic_tax": tax,
        "billing_mode": params.get("billing_mode", {"type": "flexible"}) | {"updated_at": None},
        "cancel_at_period_end": params.get("cancel_at_period_end", False),
        "collection_method": params.get("collection_method", "charge_automatically"),
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": params.get("default_payment_method"),
        "description": params.get("description"),
        "metadata": metadata(params),
        "payment_settings": SETTINGS | params.get("payment_settings", {}),
        "trial_settings": params.get("trial_settings", {"end_behavior": dict(END)}),
    }


def _set_end(subscription: Object, params: Parameters) -> None:
    subscription["cancel_at"] = items.named_moment(subscription, params.get("cancel_at"))
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = items.end_of(subscription)
    if subscription["cancel_at"]:
        subscription["canceled_at"] = subscription["created"]


def first_invoice(
    account: Account, customer: Object, subscription: Object, method: str | None, *, present: bool = True
) -> Object:
    """Draw up and collect what is owed at the beginning. Nothing is tried without a way to pay."""
    trial = subscription["status"] == "trialing"
    lines = invoice_lines.ahead(account, subscription["items"]["data"], subscription["id"], trial=trial)
    invoice = invoices.build(account, customer, lines, "subscription_create", subscription)
    free = invoice["amount_due"] == 0
    by_mail = subscription["collection_method"] == "send_invoice"
    if not trial and (free or by_mail):
        subscription["status"] = "active"
    invoice = invoices.draw(account, customer, lines, "subscription_create", subscription)
    account.events.emit("customer.subscription.created", subscription)
    if free or by_mail or method:
        collection.issue(account, invoice, method, present=present)
    else:
        invoices.finalize(account, invoice)
    if subscription["status"] == "incomplete":
        account.later(account.now + UNPAID_FOR, endings.expire_incomplete, subscription["id"])
    renewals.schedule(account, subscription)
    refresh(account, customer["id"])
    return invoice


def retrieve(account: Account, subscription: str, _: Parameters) -> Object:
    """Return one, ended or not."""
    return account.store.get("subscription", subscription)


def matches(subscription: Object, params: dict[str, Any]) -> bool:
    """Tell whether a subscription belongs in a list: those that were canceled only if asked for."""
    wanted = params.get("status")
    if price := params.get("price"):
        held = [item["price"]["id"] for item in subscription["items"]["data"]]
        if price not in held:
            return False
    if wanted == "all":
        return True
    if wanted == "ended":
        return subscription["status"] in standing.ENDED
    if wanted:
        return bool(subscription["status"] == wanted)
    return bool(subscription["status"] != "canceled")
