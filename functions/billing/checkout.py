"""Checkout: the way from a price to a page where it can be paid, and back."""

from mangum import Mangum

from functions.billing import mirror, offers, queries
from functions.billing.checkout_schemas import CheckoutSession, ForOrganization, NewCheckout
from functions.billing.refreshing import refresh
from functions.billing.subscription_schemas import SubscriptionView
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.once import once
from shared.principal import PERSON


def create(call: Call, new: NewCheckout) -> CheckoutSession:
    """Begin a checkout; one that was begun before can no longer be paid. 409 for who has a subscription already."""
    return CheckoutSession.model_validate(once(call, CREATE, lambda: offers.begin(call, new)))


def confirm(call: Call, of: ForOrganization) -> SubscriptionView:
    """Compare the caller's organization with the provider, for the page that a buyer comes back to.

    Who is asked about follows from who asks: nothing in that page's address counts. A repeat compares again.
    """
    told = queries.ask(call, "customer", org=queries.text(of.org_id), live=call.settings.live)
    if told is not None:
        refresh(call.door, told["customer"])
    return mirror.view(call, of.org_id)


WRITE = "billing:write"
CREATE = Endpoint(
    *("POST", "/billing/checkout", create, PERSON, WRITE, NewCheckout, CheckoutSession),
    aliases=("/billing_enhanced-checkout-session",),
    limit="checkout",
    idempotent=True,
)
endpoints = [
    CREATE,
    Endpoint(
        "POST", "/billing/checkout/confirm", confirm, PERSON, WRITE, ForOrganization, SubscriptionView, limit="billing"
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
