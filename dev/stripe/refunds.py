"""Refunds: money that goes back, in whole or in part, and sometimes cannot."""

from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.refusal import Refused, invalid
from dev.stripe.shapes import Object, shape


def create(account: Account, params: Parameters) -> Object:
    """Give back a charge, or what is left of it."""
    charge = _charge(account, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"] and not _refundable(account, charge):
        raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if not 0 < amount <= left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            if amount > left
            else "Invalid positive integer",
            code=None if amount > left else "parameter_invalid_integer",
            param="amount",
        )
    refund = _make(account, charge, amount, params)
    _count(account, charge, amount)
    account.events.emit("refund.created", refund)
    return refund


def _charge(account: Account, params: Parameters) -> Object:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        charge = account.store.get("charge", params["charge"], "charge")
    else:
        intent = account.store.get("payment_intent", params["payment_intent"], "payment_intent")
        charge = account.store.get("charge", intent["latest_charge"], "payment_intent")
    if not charge["paid"]:
        raise Refused(f"The charge {charge['id']} was not paid, so there is nothing to refund.", param="charge")
    return charge


def _refundable(account: Account, charge: Object) -> bool:
    disputes = [each for each in account.store.all("dispute") if each["charge"] == charge["id"]]
    return all(each["is_charge_refundable"] or each["status"] == "won" for each in disputes)


def _make(account: Account, charge: Object, amount: int, params: Parameters) -> Object:
    made = shape(
        "refund",
        id=account.identifiers.make("re"),
        amount=amount,
        charge=charge["id"],
        created=account.now,
        currency=charge["currency"],
        destination_details={"type": "card", "card": {"reference_status": "pending", "type": "refund"}},
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="succeeded",
    )
    return account.store.add(made)


def _count(account: Account, charge: Object, amount: int) -> None:
    before = copy(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    previous = {name: before[name] for name in ("amount_refunded", "refunded") if before[name] != charge[name]}
    account.events.emit("charge.refunded" if amount > 0 else "charge.updated", charge, previous)


def fail(account: Account, refund: str) -> Object:
    """The bank could not take the money: it is back with us, days after the refund had succeeded."""
    found = account.store.get("refund", refund, "refund")
    if found["status"] != "succeeded":
        raise Refused("Only a refund that succeeded can still fail.")
    before = copy(found)
    found |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    _count(account, account.store.get("charge", found["charge"]), -found["amount"])
    account.events.changed("refund.updated", found, before)
    account.events.emit("refund.failed", found)
    return found


def retrieve(account: Account, refund: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("refund", refund, "refund")


def update(account: Account, refund: str, params: Parameters) -> Object:
    """Change its metadata."""
    found = account.store.get("refund", refund, "refund")
    before = copy(found)
    found["metadata"] |= params.get("metadata") or {}
    account.events.changed("refund.updated", found, before)
    return found
