"""What the functions that sell take and give."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from functions.billing.return_paths import Path, Return
from shared.shapes import Input, Output

Named = Annotated[str, StringConstraints(min_length=1, max_length=255)]
LookupKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Quantity = Annotated[int, Field(ge=1, le=10000)]


class ForOrganization(Input):
    """Which organization; without one, a key's own or a person's personal one."""

    org_id: UUID | None = None


class Priced(ForOrganization):
    """What is to be had, by the price's id or by its lookup key."""

    price_id: Named | None = None
    lookup_key: LookupKey | None = None


class NewCheckout(Priced):
    """What is to be bought, and where the buyer comes back to."""

    quantity: Quantity = 1
    success_path: Path = "/"
    cancel_path: Path = "/"


class CheckoutSession(Output):
    """A page where it can be paid, until it expires."""

    session_id: str
    url: str
    expires_at: AwareDatetime


class NewPortal(Return, ForOrganization):
    """Where the buyer comes back to, and what they are to do in the portal; without that, they see all of it."""

    flow: Annotated[str, StringConstraints(pattern=r"^(payment_method|change_plan|cancel)$")] | None = None


class Portal(Output):
    """A link to the portal: it lets in whoever opens it, for some minutes."""

    url: str


class Price(Output):
    """What a plan costs: `unit_amount` in the smallest unit of the currency, for each seat if it is by seat."""

    id: UUID
    lookup_key: str | None
    currency: str
    unit_amount: int
    recurring_interval: str
    interval_count: int
    trial_days: int
    per_seat: bool


class Plan(Output):
    """A plan, and all that it includes. A limit of null is none."""

    plan: str
    name: str
    description: str | None
    prices: list[Price]
    features: list[str]
    limits: dict[str, int | None]
    requests_per_hour: int | None


class Plans(Output):
    """All plans, from the least to the most."""

    items: list[Plan]


def page_of(plans: list[dict[str, Any]]) -> Plans:
    """Return the plans as they are shown."""
    return Plans.model_validate({"items": plans})
