"""The subscription of an organization: seen in our mirror, changed at the provider, and then seen again."""

from mangum import Mangum

from functions.billing import acts, mirror, plan_changes, queries
from functions.billing.checkout_schemas import ForOrganization
from functions.billing.subscription_schemas import (
    Cancellation,
    PlanChange,
    Preview,
    SeatList,
    Seats,
    Shown,
    SubscriptionView,
)
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.hints import hint
from shared.once import once
from shared.principal import KEY, PERSON


def read(call: Call, of: ForOrganization) -> SubscriptionView:
    """Return the subscription that lives, else the last one; null where there never was one."""
    return mirror.view(call, of.org_id)


def preview(call: Call, change: PlanChange) -> Preview:
    """Return what a change of plan or seats would cost, to the cent, and a token for ten minutes."""
    return plan_changes.preview(call, change)


def change(call: Call, shown: Shown) -> SubscriptionView:
    """Do what a preview showed, once and exactly; 402 while its payment waits for the buyer."""
    # Whose it was is all that a repeat is told of the first time: what they have is asked for again, as the caller.
    done = once(call, CHANGE, lambda: {"org_id": plan_changes.apply(call, shown.token)})
    return mirror.view(call, done["org_id"])


def cancel(call: Call, cancellation: Cancellation) -> SubscriptionView:
    """Have the subscription end with the period that is paid for. A repeat answers the same."""
    reason = cancellation.model_dump(include={"reason", "comment"})
    acts.do(call, "cancel", queries.text(cancellation.org_id), acts.canceling(cancellation), reason)
    return mirror.view(call, cancellation.org_id)


def undo_cancel(call: Call, of: ForOrganization) -> SubscriptionView:
    """Have a subscription go on that was to end. A repeat answers the same."""
    acts.do(call, "undo_cancel", queries.text(of.org_id), acts.undo_cancel)
    return mirror.view(call, of.org_id)


def pause(call: Call, of: ForOrganization) -> SubscriptionView:
    """Pause the subscription: nothing is billed, and nothing given. A repeat answers the same."""
    acts.do(call, "pause", queries.text(of.org_id), acts.pause)
    return mirror.view(call, of.org_id)


def resume(call: Call, of: ForOrganization) -> SubscriptionView:
    """End a pause with a new period, which is billed now. A repeat answers the same."""
    acts.do(call, "resume", queries.text(of.org_id), acts.resume)
    return mirror.view(call, of.org_id)


def order_seats(call: Call, seats: Seats) -> SeatList:
    """Ask for more or fewer seats, never below those in use. They are there when the provider has heard of it."""
    asked = {"org": queries.text(seats.org_id), "quantity": seats.quantity}
    ordered = SeatList.model_validate(queries.ask_in_mode(call, "order_seats", **asked))
    hint(call.settings, "billing")
    return ordered


ONE, READ, WRITE = "/billing/subscription", "billing:read", "billing:write"
CHANGE = Endpoint(
    *("POST", f"{ONE}/change", change, PERSON, WRITE, Shown, SubscriptionView), limit="billing", idempotent=True
)
endpoints = [
    Endpoint(
        *("GET", ONE, read, PERSON | KEY, READ, ForOrganization, SubscriptionView),
        aliases=("/billing_enhanced-get-subscription",),
    ),
    Endpoint("POST", f"{ONE}/preview", preview, PERSON, WRITE, PlanChange, Preview, limit="billing"),
    CHANGE,
    Endpoint("POST", f"{ONE}/cancel", cancel, PERSON, WRITE, Cancellation, SubscriptionView, limit="billing"),
    Endpoint(
        "POST", f"{ONE}/undo-cancel", undo_cancel, PERSON, WRITE, ForOrganization, SubscriptionView, limit="billing"
    ),
    Endpoint("POST", f"{ONE}/pause", pause, PERSON, WRITE, ForOrganization, SubscriptionView, limit="billing"),
    Endpoint("POST", f"{ONE}/resume", resume, PERSON, WRITE, ForOrganization, SubscriptionView, limit="billing"),
    Endpoint("POST", f"{ONE}/seats", order_seats, PERSON, WRITE, Seats, SeatList, limit="billing"),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
