"""Invoices, from our mirror; where they can be seen and paid is asked of the provider when it is wanted."""

from mangum import Mangum

from functions.billing import payments, queries
from functions.billing.invoice_schemas import InvoiceLinks, InvoicePage, Invoices
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.errors import NotFound
from shared.principal import KEY, PERSON


def listing(call: Call, page: Invoices) -> InvoicePage:
    """Return the invoices that the caller may read."""
    return InvoicePage.model_validate(queries.list_invoices(call.db, page), from_attributes=True)


def links(call: Call) -> InvoiceLinks:
    """Return fresh links to an invoice: whoever has them can see it."""
    row = queries.read_invoice(call.db, call.path["id"])
    if row is None or row["livemode"] != call.settings.live:
        raise NotFound("There is no such invoice, or it is not yours.")
    found = payments.ask(lambda: payments.client(call.settings).v1.invoices.retrieve(row["provider_id"]))
    return InvoiceLinks(hosted_url=found.hosted_invoice_url, pdf_url=found.invoice_pdf)


READ = "billing:read"
endpoints = [
    Endpoint("GET", "/billing/invoices", listing, PERSON | KEY, READ, Invoices, InvoicePage),
    Endpoint(
        "GET", "/billing/invoices/{id:uuid}/links", links, PERSON | KEY, READ, gives=InvoiceLinks, limit="billing"
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
