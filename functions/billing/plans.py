"""The plans and what they cost: public, and what a pricing page reads."""

from typing import Any

from mangum import Mangum

from functions.billing import queries
from functions.billing.checkout_schemas import Plans, page_of
from shared import envelope
from shared.app import TEXT_TYPES, build
from shared.cache import cache_of
from shared.cache_keys import key
from shared.endpoint import Answer, Call, Endpoint

# A price that changes is shown everywhere within this and the minute for which a process keeps it.
SHOWN = {"Cache-Control": "public, max-age=60"}


def listing(call: Call) -> Answer:
    """Return all plans with their prices, features and limits. It needs no credentials, and may be two minutes old."""
    mode = "live" if call.settings.live else "test"
    plans = cache_of(call.settings).through(key("plans", mode), lambda: _ask(call))
    content = envelope.success(page_of(plans).write(), call.door.visit)
    return Answer(content, envelope.JSON, SHOWN)


def _ask(call: Call) -> list[dict[str, Any]]:
    return list(queries.ask(call, "plans", live=call.settings.live))


endpoints = [Endpoint("GET", "/billing/plans", listing, gives=Plans)]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
