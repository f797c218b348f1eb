"""Webhooks: events rendered, signed and handed to endpoints; in order, or as badly as the internet can."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dev.stripe import thin, versions, webhook_endpoints
from dev.stripe.account import Account
from dev.stripe.clock import HOUR
from dev.stripe.events import copy
from dev.stripe.shapes import Object

# Takes an address, headers and the raw body, and returns the status of the answer; 0 for none.
Send = Callable[[str, Mapping[str, str], bytes], int]
MODES = ("in_order", "shuffled", "duplicated", "reversed")
# A failed delivery is tried again after so long, for about three days.
BACKOFF = (60, 5 * 60, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 30 * HOUR)


@dataclass
class Delivery:
    """One event on its way to one endpoint."""

    event: Object
    endpoint: str
    not_before: int = 0
    attempts: int = 0
    statuses: list[int] = field(default_factory=list)


class Deliverer:
    """What is to be delivered, and what became of it.

    `drop`, `delay` and `same_second` decide about each event as it happens; the mode decides when they are sent.
    """

    def __init__(self, account: Account, send: Send | None = None, wall: Callable[[], float] = time.time) -> None:
        self._account, self.send, self._wall = account, send, wall
        self.waiting: list[Delivery] = []
        self.dropped: list[Delivery] = []
        self.done: list[Delivery] = []
        self.mode = "in_order"
        self.drop: Callable[[Object], bool] = lambda _: False
        self.delay: Callable[[Object], int] = lambda _: 0
        self.same_second: int | None = None
        account.events.listeners.append(self._hear)

    def _hear(self, event: Object) -> None:
        if self.same_second is not None:
            event["created"] = self.same_second
        for endpoint in self._account.store.all("webhook_endpoint"):
            wanted = endpoint["enabled_events"]
            if endpoint["status"] == "enabled" and ("*" in wanted or event["type"] in wanted):
                delivery = Delivery(event, endpoint["id"], self._account.now + self.delay(event))
                event["pending_webhooks"] += 1
                (self.dropped if self.drop(event) else self.waiting).append(delivery)

    def payload(self, delivery: Delivery) -> bytes:
        """Return the body as this endpoint's version renders it."""
        endpoint = self._account.store.get("webhook_endpoint", delivery.endpoint)
        if self._account.store.secrets[delivery.endpoint]["thin"]:
            return json.dumps(thin.notification(delivery.event)).encode()
        event = copy(delivery.event) | {"api_version": endpoint["api_version"]}
        if versions.is_old(endpoint["api_version"]):
            event["data"]["object"] = versions.render(event["data"]["object"], endpoint["api_version"])
        return json.dumps(event, indent=2).encode()

    def headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        """Return the headers, with a signature by each of the endpoint's secrets. They are signed with real time."""
        moment = int(self._wall())
        secrets = webhook_endpoints.secrets_of(self._account, delivery.endpoint)
        signatures = ",".join(f"v1={sign(secret, moment, body)}" for secret in secrets)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={moment},{signatures}",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }

    def ready(self) -> list[Delivery]:
        """Return what can be sent now, in the order of the mode; duplicates come as often as they are sent."""
        due = [each for each in self.waiting if each.not_before <= self._account.now]
        if self.mode == "duplicated":
            due = [each for each in due for _ in range(2)]
        if self.mode in {"shuffled", "duplicated"}:
            self._account.random.shuffle(due)
        return due[::-1] if self.mode == "reversed" else due

    def flush(self, send: Send | None = None) -> int:
        """Send everything that is due until nothing is; return how many requests that took."""
        sender = send or self.send
        if sender is None:
            raise ValueError("no way to send was given")
        count = 0
        while due := self.ready():
            for delivery in due:
                self.attempt(delivery, sender)
                count += 1
        return count

    def attempt(self, delivery: Delivery, send: Send) -> int:
        """Send one; what was refused is tried again later."""
        body = self.payload(delivery)
        url = self._account.store.get("webhook_endpoint", delivery.endpoint).get("url")
        status = send(url, self.headers(delivery, body), body) if url else 410
        self.settle(delivery, status)
        return status

    def settle(self, delivery: Delivery, status: int) -> None:
        """Note the answer to a delivery."""
        delivery.attempts += 1
        delivery.statuses.append(status)
        if 200 <= status < 300 or delivery.attempts > len(BACKOFF):  # noqa: PLR2004 - well answered
            if delivery in self.waiting:
                self.waiting.remove(delivery)
                self.done.append(delivery)
                delivery.event["pending_webhooks"] -= 1
        else:
            delivery.not_before = self._account.now + BACKOFF[delivery.attempts - 1]

    def redeliver(self, event: str) -> int:
        """Send an event again to everybody who wants it, as the dashboard's button does; return how many that are."""
        found = self._account.store.get("event", event)
        lost = [each for each in (*self.dropped, *self.done) if each.event is found]
        for delivery in lost:
            (self.dropped if delivery in self.dropped else self.done).remove(delivery)
            self.waiting.append(Delivery(found, delivery.endpoint, self._account.now))
        return len(lost)


def sign(secret: str, moment: int, body: bytes) -> str:
    """Return Stripe's signature of a body at a moment: https://docs.stripe.com/webhooks/signature."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
