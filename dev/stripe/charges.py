"""Charges: the money of one try to pay, and how much of it went back."""

from dev.stripe import payment_methods
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object


def make(account: Account, intent: Object, status: str, refusal: Refused | None = None) -> Object:
    """Make the charge of a try to pay an intent."""
    method = account.store.get("payment_method", intent["payment_method"])
    look = {
        key: each
        for key, each in method[method["type"]].items()
        if key not in {"display_brand", "three_d_secure_usage"}
    }
    return account.new(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details=dict(payment_methods.NOBODY),
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        disputed=False,
        failure_code=refusal and refusal.code,
        failure_message=refusal and refusal.message,
        metadata=dict(intent["metadata"]),
        outcome=_outcome(status, refusal),
        paid=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": method["type"], method["type"]: look},
        refunded=False,
        status=status,
    )


def _outcome(status: str, refusal: Refused | None) -> Object:
    refused = status == "failed"
    return {
        "advice_code": "try_again_later" if refused else None,
        "network_status": "declined_by_network" if refused else "approved_by_network",
        "reason": refusal.further.get("decline_code") if refusal else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details." if refused else "Payment complete.",
        "type": "issuer_declined" if refused else "authorized",
    }


def finish(account: Account, intent: Object) -> None:
    """Take the money: of the pending charge, if there is one, else of a new one."""
    latest = intent["latest_charge"]
    pending = account.store.get("charge", latest) if latest else None
    charge = pending if pending and pending["status"] == "pending" else make(account, intent, "succeeded")
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "receipt_url": f"{account.settings.url}/receipts/{charge['id']}",
    }
    intent["latest_charge"] = charge["id"]
    account.events.emit("charge.succeeded", charge)


def retrieve(account: Account, charge: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("charge", charge, "charge")
