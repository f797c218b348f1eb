"""What the functions of subscriptions take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from functions.billing.checkout_schemas import ForOrganization, Priced, Quantity
from shared.shapes import Input, Output

FEEDBACK = "customer_service|low_quality|missing_features|other|switched_service|too_complex|too_expensive|unused"


class Subscription(Output):
    """What an organization subscribes to. Money is in the smallest unit of the currency."""

    id: UUID
    org_id: UUID
    provider: str
    provider_id: str
    status: str
    plan: str | None
    product: str | None
    price_id: UUID | None
    lookup_key: str | None
    per_seat: bool
    quantity: int
    currency: str
    amount: int
    recurring_interval: str
    interval_count: int
    current_period_start: AwareDatetime
    current_period_end: AwareDatetime
    cancel_at_period_end: bool
    cancel_at: AwareDatetime | None
    canceled_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    trial_end: AwareDatetime | None
    started_at: AwareDatetime
    entitled_until: AwareDatetime | None


class SubscriptionView(Output):
    """The subscription, if there ever was one. It is cached: it comes from our mirror, last compared at `as_of`."""

    org_id: UUID
    subscription: Subscription | None
    cached: bool = True
    as_of: AwareDatetime | None


class PlanChange(Priced):
    """The plan that is wanted instead; without a quantity as many seats as now."""

    quantity: Quantity | None = None


class Line(Output):
    """A part of an amount."""

    description: str | None
    amount: int


class Preview(Output):
    """What a change costs, now and from the next period on, and the token by which exactly that is done."""

    token: str
    expires_at: AwareDatetime
    ends_trial: bool
    currency: str
    amount_due: int
    total: int
    tax: int
    lines: list[Line]


class Shown(Input):
    """The token of a preview."""

    token: Annotated[str, StringConstraints(min_length=20, max_length=100)]


class Cancellation(ForOrganization):
    """Why somebody leaves, if they like to say."""

    reason: Annotated[str, StringConstraints(pattern=f"^({FEEDBACK})$")] | None = None
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class Seats(ForOrganization):
    """How many seats are wanted."""

    quantity: Annotated[int, Field(ge=1, le=10000)]


class NewSeat(ForOrganization):
    """Which member is to have a seat."""

    user_id: UUID


class Seat(Output):
    """A member with a seat; it is not paid for where fewer were bought than are used."""

    user_id: UUID
    assigned_at: AwareDatetime
    paid_for: bool


class SeatList(Output):
    """How many seats are bought, asked for and used, and by whom."""

    org_id: UUID
    bought: int
    ordered: int | None
    used: int
    seats: list[Seat]
