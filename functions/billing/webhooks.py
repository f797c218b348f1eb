"""What Stripe tells us: verified, kept in the inbox, answered. Understanding it is the work of jobs."""

import json
import logging
from typing import Any

from mangum import Mangum

from functions.billing import events, signatures
from functions.billing.names import WRITER
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint, Raw
from shared.errors import ValidationError
from shared.hints import hint

LARGEST_EVENT = 256 * 1024
# Nothing that we fetch tells a person of these, and somebody has to look.
ALARMING = ("invoice.finalization_failed", "radar.early_fraud_warning.created", "charge.dispute.created")

logger = logging.getLogger("mainstay")


def receive(call: Call, raw: Raw) -> dict[str, Any]:
    """Take an event. A repeat is answered as the first was, and changes nothing."""
    signatures.verify(raw, call.door.visit.header(b"stripe-signature"), call.settings.stripe_webhook_secrets)
    event = events.read(_json(raw))
    asked = {"event": event, "live": call.settings.live}
    outcome = call.door.call("billing_receive", asked, role=WRITER)
    fields = {"eventId": event["id"], "type": event["type"], "apiVersion": event["api_version"], "outcome": outcome}
    if outcome != "known" and event["type"].removeprefix("v1.") in ALARMING:
        logger.error("billing needs a person", extra={"fields": fields})
    else:
        logger.info("billing event", extra={"fields": fields})
    if outcome == "sent":
        hint(call.settings, "billing")
    return {"received": True}


def _json(raw: bytes) -> object:
    # Not as strictly as a client's: what Stripe signed is Stripe's, whatever its customers are called.
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ValidationError("The body is not valid JSON.") from None


endpoints = [Endpoint("POST", "/billing/webhooks/stripe", receive, takes=Raw, counted=False, largest=LARGEST_EVENT)]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
