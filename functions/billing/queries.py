"""The calls by which the billing functions ask our SQL. Who may do what is not here: each of them decides it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import UpstreamFailed
from shared.pages import Rows, fetch

if TYPE_CHECKING:
    from uuid import UUID

    from postgrest import SyncPostgrestClient

    from functions.billing.invoice_schemas import Invoices
    from shared.endpoint import Call

ROLE = "billing_writer"
INVOICE = (
    "id,org_id,number,status,reason,currency,total,tax,amount_due,amount_paid,amount_refunded,disputed,needs_action,"
    "next_attempt_at,period_start,period_end,issued_at,paid_at,created_at"
)


def ask(call: Call, function: str, **arguments: object) -> Any:  # noqa: ANN401 - JSON
    """Call backend.billing_<function> for the caller."""
    return call.door.call(f"billing_{function}", arguments, role=ROLE)


def ask_in_mode(call: Call, function: str, **arguments: object) -> dict[str, Any]:
    """Call one that is told whether this function bills for real, and answers an object."""
    told = ask(call, function, live=call.settings.live, **arguments)
    if not isinstance(told, dict):
        raise UpstreamFailed(cause=f"backend.billing_{function} answered in another shape")
    return told


def text(identifier: UUID | None) -> str | None:
    """Return an id as JSON has it."""
    return str(identifier) if identifier else None


def list_invoices(db: SyncPostgrestClient, page: Invoices) -> Rows:
    """Return the invoices that the caller may read, newest first."""
    query = db.from_("invoices").select(INVOICE)
    return fetch(query.eq("org_id", page.org_id) if page.org_id else query, page)


def read_invoice(db: SyncPostgrestClient, invoice: UUID) -> Any:  # noqa: ANN401 - one row as JSON
    """Return an invoice with the provider's id of it, or nothing if it is not the caller's to read."""
    rows = db.from_("invoices").select(f"{INVOICE},provider_id,livemode").eq("id", str(invoice)).limit(1).execute().data
    return rows[0] if rows else None
