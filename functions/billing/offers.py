"""Checkout Sessions at Stripe: a customer is named first, and of an organization's sessions one at most can be paid."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from functions.billing import payments, queries
from functions.billing.checkout_schemas import NewCheckout
from functions.billing.refreshing import refresh
from functions.billing.return_paths import joined
from shared.endpoint import Call
from shared.errors import Conflict, Unexpected, UpstreamFailed

# As often as another tab can be found paid before one gives up.
TRIES = 3


def begin(call: Call, new: NewCheckout) -> dict[str, Any]:
    """Return {sessionId, url, expiresAt} of the one session that can be paid from now on."""
    for _ in range(TRIES):
        offer = _prepare(call, new)
        if not close(call, offer):
            return _open(call, new, offer, offer["customer"] or _customer(call, offer))
    raise Conflict("This organization is buying in another tab. Finish there, or try again.")


def close(call: Call, offer: Mapping[str, Any]) -> bool:
    """Close sessions that may be open still; tell whether one was paid, and then the mirror shows what it bought."""
    # Of a customer who is known, a session that is not may mean a wrong key: it can be paid still.
    gone = offer["customer"] is None
    paid = [session for session in offer["earlier"] if _close(call, session, gone=gone) == "complete"]
    if paid:
        refresh(call.door, offer["former"])
    # Not before the mirror shows it: until then, whoever begins another checkout has to find these.
    for session in paid:
        _note(call, session, "complete")
    return bool(paid)


def _prepare(call: Call, new: NewCheckout) -> dict[str, Any]:
    return queries.ask_in_mode(
        *(call, "prepare_checkout"),
        org=queries.text(new.org_id),
        price=new.price_id,
        lookup=new.lookup_key,
        quantity=new.quantity,
    )


def _customer(call: Call, offer: Mapping[str, Any]) -> str:
    """Name the organization's customer. Whoever comes second, or again, finds the first one's."""
    org, name, former = offer["org_id"], offer["name"], offer["former"]
    made = payments.ask_anew(
        lambda attempt: payments.client(call.settings).v1.customers.create(
            {"name": name, "metadata": {"org_id": org}},
            payments.once("customer", org, former or "", name, attempt=attempt),
        )
    )
    named = queries.ask(call, "name_customer", org=org, live=call.settings.live, former=former, ref=made.id)
    return str(named)


def _open(call: Call, new: NewCheckout, offer: Mapping[str, Any], customer: str) -> dict[str, Any]:
    session = payments.ask(
        lambda: payments.client(call.settings).v1.checkout.sessions.create(
            _terms(call, new, offer, customer),  # type: ignore[arg-type] # it is a SessionCreateParams, made in two steps
            payments.once("checkout", offer["org_id"], offer["checkout"]),
        )
    )
    ends_at = datetime.fromtimestamp(session.expires_at, UTC).isoformat()
    noted = {"checkout": offer["checkout"], "ref": session.id, "ends_at": ends_at}
    if queries.ask(call, "note_session", live=call.settings.live, **noted) is not True:
        # Nobody has seen it: whoever came later has theirs.
        _close(call, session.id)
        raise Conflict("Another checkout of this organization was begun at the same time. Go on with that one.")
    return {"session_id": session.id, "url": session.url, "expires_at": ends_at}


def _terms(call: Call, new: NewCheckout, offer: Mapping[str, Any], customer: str) -> dict[str, Any]:
    """Return the parameters of https://docs.stripe.com/api/checkout/sessions/create."""
    ours = {"org_id": offer["org_id"], "checkout_id": offer["checkout"]}
    trial = {"trial_period_days": offer["trial_days"]} if offer["trial_days"] else {}
    tax = call.settings.stripe_automatic_tax
    taxed = {
        "automatic_tax": {"enabled": True},
        "tax_id_collection": {"enabled": True},
        # Where the buyer is, and as whom they are taxed, is what they say here.
        "customer_update": {"address": "auto", "name": "auto"},
    }
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": offer["org_id"],
        "line_items": [{"price": offer["price"], "quantity": offer["quantity"]}],
        "metadata": ours,
        "subscription_data": {"metadata": ours, **trial},
        "allow_promotion_codes": True,
        "success_url": joined(call, new.success_path),
        "cancel_url": joined(call, new.cancel_path),
        **(taxed if tax else {}),
    }


def _close(call: Call, session: str, *, gone: bool = False) -> str:
    """Close a session and return how it ended, complete or expired; where it is `gone`, Stripe need not know it."""
    sessions = payments.client(call.settings).v1.checkout.sessions
    try:
        ended = str(payments.ask(lambda: sessions.expire(session)).status)
    except payments.Missing:
        if not gone:
            raise
        # Of another account, before this one was billed through.
        ended = "expired"
    except Unexpected as problem:
        if payments.rejection(problem) is None:
            raise
        # It is not open any more.
        ended = str(payments.ask(lambda: sessions.retrieve(session)).status)
    if ended == "open":
        raise UpstreamFailed(cause="Stripe would not close an open Checkout Session")
    if ended != "complete":
        _note(call, session, "expired")
    return ended


def _note(call: Call, session: str, outcome: str) -> None:
    queries.ask(call, "close_checkout", live=call.settings.live, ref=session, outcome=outcome)
