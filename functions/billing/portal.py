"""The provider's portal, where a customer changes cards, sees invoices, and leaves."""

from typing import Any

from mangum import Mangum

from functions.billing import payments, queries
from functions.billing.checkout_schemas import NewPortal, Portal
from functions.billing.return_paths import joined
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.errors import Conflict
from shared.principal import PERSON

KINDS = {
    "payment_method": "payment_method_update",
    "change_plan": "subscription_update",
    "cancel": "subscription_cancel",
}


def create(call: Call, new: NewPortal) -> Portal:
    """Return a link to the portal of the caller's organization, or to one act in it. Hand it to nobody else."""
    told = queries.ask(call, "customer", org=queries.text(new.org_id), live=call.settings.live)
    if told is None:
        raise Conflict("Nothing was bought for this organization yet. Begin with POST /billing/checkout.")
    session = payments.ask(
        lambda: payments.client(call.settings).v1.billing_portal.sessions.create(_terms(call, new, told))  # type: ignore[arg-type] # a SessionCreateParams, made in two steps
    )
    return Portal(url=session.url)


def _terms(call: Call, new: NewPortal, told: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of https://docs.stripe.com/api/customer_portal/sessions/create."""
    pinned = call.settings.stripe_portal_configuration
    back = {"customer": told["customer"], "return_url": joined(call, new.return_path)}
    flow = _flow(new.flow, told["subscription"], back["return_url"])
    return back | ({"configuration": pinned} if pinned else {}) | flow


def _flow(flow: str | None, subscription: str | None, back: str) -> dict[str, Any]:
    if flow is None:
        return {}
    kind = KINDS[flow]
    after = {"type": "redirect", "redirect": {"return_url": back}}
    if flow == "payment_method":
        return {"flow_data": {"type": kind, "after_completion": after}}
    if subscription is None:
        raise Conflict("There is no subscription here that could be changed or canceled.")
    return {"flow_data": {"type": kind, kind: {"subscription": subscription}, "after_completion": after}}


endpoints = [Endpoint("POST", "/billing/portal", create, PERSON, "billing:write", NewPortal, Portal, limit="billing")]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
