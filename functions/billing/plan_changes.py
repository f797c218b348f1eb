"""Changing a plan at Stripe: what it would cost, and doing exactly that.

Both ask with the same moment of proration, or the amounts would move with the seconds between them.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from functions.billing import payments, queries
from functions.billing.refreshing import refresh
from functions.billing.subscription_schemas import PlanChange, Preview
from shared.endpoint import Call
from shared.errors import Conflict, PaymentRequired

UNPAID = (
    "The payment for this change is not through, so nothing has changed yet. Pay or confirm its invoice in 23 hours: "
    "GET /billing/invoices has it, and its links."
)


def preview(call: Call, change: PlanChange) -> Preview:
    """Return what a change costs, and a token by which it is done."""
    terms = queries.ask_in_mode(
        *(call, "prepare_change"),
        org=queries.text(change.org_id),
        price=change.price_id,
        lookup=change.lookup_key,
        quantity=change.quantity,
    )
    costs, token = _costs(call, terms), secrets.token_urlsafe(32)
    kept = {
        "terms": terms,
        "token_digest": _digest(token),
        "due": costs["amount_due"],
        "in_all": costs["total"],
        "in_currency": costs["currency"],
    }
    expires_at = queries.ask(call, "keep_preview", live=call.settings.live, **kept)
    kept_as = {"token": token, "expires_at": expires_at, "ends_trial": terms["ends_trial"]}
    return Preview.model_validate(costs | kept_as)


def apply(call: Call, token: str) -> str:
    """Do what was shown under a token, once, and return whose organization it was.

    Raises Conflict where it would cost something else by now, PaymentRequired where the payment waits for somebody.
    """
    digest = _digest(token)
    terms = queries.ask_in_mode(call, "use_preview", token_digest=digest)
    try:
        costs = _costs(call, terms)
        if any(costs[name] != terms[name] for name in ("amount_due", "total")):
            raise Conflict("This would cost something else by now. Ask for another preview.")
        changed = _change(call, terms, digest)
    finally:
        # However it ended, and if it ended unheard: the mirror shows it, and only then are seats let go.
        refresh(call.door, terms["customer"])
        queries.ask(call, "release_hold", org=terms["org_id"], held=terms["order"])
    if changed.pending_update is not None:
        raise PaymentRequired(UNPAID)
    return str(terms["org_id"])


def _costs(call: Call, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the next invoice that a change would lead to: https://docs.stripe.com/api/invoices/create_preview."""
    asked: Any = {name: terms[name] for name in ("customer", "subscription")} | {
        "subscription_details": _details(terms)
    }
    shown = payments.ask(lambda: payments.client(call.settings).v1.invoices.create_preview(asked))
    return {
        "currency": shown.currency,
        "amount_due": shown.amount_due,
        "total": shown.total,
        "tax": sum(each.amount for each in shown.total_taxes or []),
        "lines": [{"description": line.description, "amount": line.amount} for line in shown.lines.data],
    }


def _change(call: Call, terms: Mapping[str, Any], digest: str) -> Any:  # noqa: ANN401 - a subscription of the SDK
    # Who does not pay for more gets no more: until the invoice is paid, the change only waits. The end of a trial
    # cannot wait, so that it is refused instead.
    behavior = "error_if_incomplete" if terms["ends_trial"] else "pending_if_incomplete"
    asked: Any = _details(terms) | {"payment_behavior": behavior}
    return payments.ask(
        lambda: payments.client(call.settings).v1.subscriptions.update(
            terms["subscription"], asked, payments.once("change", terms["org_id"], digest)
        )
    )


def _details(terms: Mapping[str, Any]) -> dict[str, Any]:
    item = {"id": terms["item"], "price": terms["price"], "quantity": terms["quantity"]}
    # What is sold without a trial is paid for from now on.
    ending = {"trial_end": "now"} if terms["ends_trial"] else {"proration_date": terms["proration_at"]}
    return {"items": [item], "proration_behavior": "always_invoice", **ending}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
