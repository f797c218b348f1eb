"""What is done to a subscription at Stripe beside changing its plan: it ends, goes on after all, rests and resumes."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from functions.billing import payments, queries
from functions.billing.refreshing import refresh
from functions.billing.subscription_schemas import Cancellation
from shared.endpoint import Call
from shared.errors import PaymentRequired

Act = Callable[[Call, Mapping[str, Any]], None]


def do(call: Call, act: str, org: str | None, work: Act, reason: Mapping[str, str | None] | None = None) -> None:
    """Do something to an organization's subscription, unless it is done already, and have the mirror show it."""
    asked = {"org": org, "act": act, "reason": reason}
    told = queries.ask_in_mode(call, "prepare_act", **asked)
    if told["done"]:
        # By what we last saw, which may be over.
        refresh(call.door, told["customer"])
        told = queries.ask_in_mode(call, "prepare_act", **asked)
    if told["done"]:
        return
    try:
        work(call, told)
    finally:
        # What timed out may have been done.
        refresh(call.door, told["customer"])


def canceling(cancellation: Cancellation) -> Act:
    """Return the act that has a subscription end with what is paid for, and says why."""
    why = {"feedback": cancellation.reason, "comment": cancellation.comment}
    details = {name: said for name, said in why.items() if said}
    further = {"cancellation_details": details} if details else {}
    return lambda call, told: _update(call, told, {"cancel_at_period_end": True, **further})


def undo_cancel(call: Call, told: Mapping[str, Any]) -> None:
    """Have it go on."""
    # However it was said that it ends: Stripe's portal may name the moment instead.
    _update(call, told, {"cancel_at_period_end": False} if told["at_period_end"] else {"cancel_at": ""})


def pause(call: Call, told: Mapping[str, Any]) -> None:
    """Stop it for as long as the customer likes; what was paid and not used is credited."""
    subscriptions = payments.client(call.settings).v1.subscriptions
    options = payments.once("pause", told["org_id"], told["subscription"], _of_this_act())
    payments.ask(lambda: subscriptions.pause(told["subscription"], {"type": "subscription"}, options))


def resume(call: Call, told: Mapping[str, Any]) -> None:
    """Begin a new period, once it is paid; raises PaymentRequired where that waits for somebody."""
    subscriptions = payments.client(call.settings).v1.subscriptions
    options = payments.once("resume", told["org_id"], told["subscription"], _of_this_act())
    resumed = payments.ask(
        lambda: subscriptions.resume(told["subscription"], {"payment_behavior": "resume_on_payment_success"}, options)
    )
    if resumed.status == "paused":
        raise PaymentRequired(
            "The payment is not through, so it is still paused. Pay its invoice: GET /billing/invoices."
        )


def _update(call: Call, told: Mapping[str, Any], change: Any) -> None:  # noqa: ANN401 - a SubscriptionUpdateParams
    options = payments.once("update", told["org_id"], told["subscription"], _of_this_act())
    subscriptions = payments.client(call.settings).v1.subscriptions
    payments.ask(lambda: subscriptions.update(told["subscription"], change, options))


def _of_this_act() -> str:
    # For the SDK's own tries alone: to cancel, undo and cancel again within a day are three acts.
    return secrets.token_hex(16)
