"""Disputes: a buyer asks their bank for the money back."""

from stripe import Dispute

from dev.stripe.account import Account
from dev.stripe.clock import DAY
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

ANSWER_WITHIN = 20 * DAY
FEE = 1500


def open_(account: Account, charge: str, reason: str = "fraudulent") -> Object:
    """A buyer disputes a charge; the money is taken from us at once."""
    found = account.store.get("charge", charge, "charge")
    if not found["paid"] or found["disputed"]:
        raise Refused("Only a paid charge that is not disputed yet can be disputed.", param="charge")
    found["disputed"] = True
    dispute = account.new(
        "dispute",
        "du",
        amount=found["amount"] - found["amount_refunded"],
        balance_transactions=[],
        charge=charge,
        currency=found["currency"],
        enhanced_eligibility_types=[],
        evidence=dict.fromkeys(Dispute.Evidence.__annotations__) | {"enhanced_evidence": {}},
        evidence_details=_details(account),
        is_charge_refundable=False,
        metadata={},
        payment_intent=found["payment_intent"],
        reason=reason,
        status="needs_response",
    )
    account.events.emit("charge.dispute.created", dispute)
    _move(account, dispute, -1)
    account.events.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _details(account: Account) -> Object:
    return {
        "due_by": account.now + ANSWER_WITHIN,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
        "submission_method": "not_submitted",
    }


def _move(account: Account, dispute: Object, sign: int) -> None:
    amount, fee = sign * dispute["amount"], FEE if sign < 0 else 0
    dispute["balance_transactions"].append(
        {
            "id": account.identifiers.make("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": account.now,
            "balance_type": "payments",
            "created": account.now,
            "currency": dispute["currency"],
            "description": f"Chargeback {'withdrawal' if sign < 0 else 'reversal'} for {dispute['charge']}",
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [],
            "net": amount - fee,
            "reporting_category": "dispute" if sign < 0 else "dispute_reversal",
            "source": dispute["id"],
            "status": "available",
            "type": "adjustment",
        }
    )


def settle(account: Account, dispute: str, *, won: bool) -> Object:
    """The bank has decided."""
    found = account.store.get("dispute", dispute, "dispute")
    if found["status"] in {"won", "lost"}:
        raise Refused("This dispute is already closed.", param="dispute")
    before = copy(found)
    found["status"] = "won" if won else "lost"
    account.events.emit("charge.dispute.closed", found, {"status": before["status"]})
    if won:
        account.store.get("charge", found["charge"])["disputed"] = False
        _move(account, found, 1)
        account.events.emit("charge.dispute.funds_reinstated", found)
    return found


def update(account: Account, dispute: str, params: Parameters) -> Object:
    """Hand in evidence; with `submit` the bank looks at it."""
    found = account.store.get("dispute", dispute, "dispute")
    before = copy(found)
    found["metadata"] |= params.get("metadata") or {}
    if evidence := params.get("evidence"):
        found["evidence"] |= evidence
        found["evidence_details"]["has_evidence"] = True
        if params.get("submit", True):
            found["status"] = "under_review"
            found["evidence_details"] |= {"submission_count": 1, "submission_method": "manual"}
    account.events.changed("charge.dispute.updated", found, before)
    return found


def close(account: Account, dispute: str, _: Parameters) -> Object:
    """Give up."""
    return settle(account, dispute, won=False)


def retrieve(account: Account, dispute: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("dispute", dispute, "dispute")
