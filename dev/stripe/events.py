"""What happened, as events: each holds the object as it was then. They are kept for 30 days, like Stripe's."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.stripe.clock import DAY, Clock
from dev.stripe.identifiers import Identifiers
from dev.stripe.shapes import Object
from dev.stripe.store import Store

KEPT = 30 * DAY
Listener = Callable[[Object], None]


@dataclass(frozen=True)
class Cause:
    """The request that made something happen; nothing but time has no request."""

    request_id: str | None = None
    idempotency_key: str | None = None


def copy(thing: Object) -> Object:
    """Return an object as it is now."""
    copied: Object = json.loads(json.dumps(thing))
    return copied


class Events:
    """The log of events, and who is told of each."""

    def __init__(self, store: Store, clock: Clock, identifiers: Identifiers, version: str) -> None:
        self._store, self._clock, self._identifiers, self._version = store, clock, identifiers, version
        self.cause = Cause()
        self.livemode = False
        self.listeners: list[Listener] = []

    def emit(self, kind: str, thing: Object, previous: Object | None = None) -> Object:
        """Record that something happened to an object; `previous` holds what the changed members were."""
        data: dict[str, Any] = {"object": copy(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": self._identifiers.make("evt"),
            "object": "event",
            "api_version": self._version,
            "created": self._clock.now,
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": {"id": self.cause.request_id, "idempotency_key": self.cause.idempotency_key},
            "type": kind,
        }
        self._store.add(event)
        for listener in self.listeners:
            listener(event)
        return event

    def changed(self, kind: str, thing: Object, before: Object) -> Object | None:
        """Record a change from what an object was before; nothing if it is the same."""
        after = copy(thing)
        previous = difference(before, after)
        return self.emit(kind, thing, previous) if previous else None

    def recent(self) -> list[Object]:
        """Return the events that Stripe still knows, oldest first."""
        oldest = self._clock.now - KEPT
        return [event for event in self._store.all("event") if event["created"] >= oldest]


def difference(before: Object, after: Object) -> Object:
    """Return the former values of what changed; within a hash only of what changed there, a list as a whole."""
    previous: Object = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name == "items" and isinstance(old, dict):
            previous[name] = {"data": old["data"]}
        elif isinstance(old, dict) and isinstance(new, dict) and "object" not in new:
            previous[name] = difference(old, new)
        else:
            previous[name] = old
    return previous
