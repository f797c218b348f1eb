"""What the functions of invoices take and give."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.pages import Page
from shared.shapes import Output


class Invoices(Page):
    """A page of invoices, of one organization or of all whose billing the caller may read."""

    org_id: UUID | None = None


class Invoice(Output):
    """An invoice. Money is in the smallest unit of the currency."""

    id: UUID
    org_id: UUID
    number: str | None
    status: str
    reason: str
    currency: str
    total: int
    tax: int
    amount_due: int
    amount_paid: int
    amount_refunded: int
    disputed: bool
    needs_action: bool
    next_attempt_at: AwareDatetime | None
    period_start: AwareDatetime
    period_end: AwareDatetime
    issued_at: AwareDatetime
    paid_at: AwareDatetime | None


class InvoicePage(Output):
    """A page of invoices, those that we learned of last first."""

    items: list[Invoice]
    next_cursor: str | None
    has_more: bool


class InvoiceLinks(Output):
    """Where an invoice can be seen and paid, and its PDF: fresh, for they run out. A draft has neither."""

    hosted_url: str | None
    pdf_url: str | None
