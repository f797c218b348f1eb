"""Thin events: what happened and where to look, without the object."""

import datetime as dt

from dev.stripe.routes import ROUTES
from dev.stripe.shapes import Object

_PATHS = {route.operation.split(" ")[0]: route.path for route in ROUTES if route.operation.endswith(" retrieve")}


def notification(event: Object) -> Object:
    """Return an event as an event destination with thin payloads gets it."""
    thing = event["data"]["object"]
    created = dt.datetime.fromtimestamp(event["created"], dt.UTC)
    path = _PATHS.get(thing["object"])
    related = None
    if path and thing.get("id"):
        url = f"/v1/{path.replace('*', thing['id'])}"
        related = {"id": thing["id"], "type": thing["object"], "url": url}
    cause = {"type": "request", "request": event["request"]} if event["request"]["id"] else None
    return {
        "id": event["id"],
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "livemode": event["livemode"],
        "context": None,
        "reason": cause,
        "related_object": related,
    }
