"""Seats: which members use those that are paid for. How many these are is changed under /billing/subscription."""

from mangum import Mangum

from functions.billing import queries
from functions.billing.checkout_schemas import ForOrganization
from functions.billing.subscription_schemas import NewSeat, SeatList
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON


def listing(call: Call, of: ForOrganization) -> SeatList:
    """Return how many seats there are and who uses them, the oldest first."""
    return SeatList.model_validate(queries.ask(call, "seats", org=queries.text(of.org_id)))


def assign(call: Call, new: NewSeat) -> SeatList:
    """Give a member a seat; 409 where none is free. A repeat answers the same."""
    asked = {"org": queries.text(new.org_id), "person": str(new.user_id)}
    return SeatList.model_validate(queries.ask(call, "assign_seat", **asked))


def release(call: Call, of: ForOrganization) -> SeatList:
    """Free a member's seat. A repeat answers the same."""
    asked = {"org": queries.text(of.org_id), "person": str(call.path["user_id"])}
    return SeatList.model_validate(queries.ask(call, "release_seat", **asked))


READ, WRITE = "members:read", "members:write"
endpoints = [
    Endpoint("GET", "/billing/seats", listing, PERSON | KEY, READ, ForOrganization, SeatList),
    Endpoint("POST", "/billing/seats", assign, PERSON | KEY, WRITE, NewSeat, SeatList),
    Endpoint("DELETE", "/billing/seats/{user_id:uuid}", release, PERSON | KEY, WRITE, ForOrganization, SeatList),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
