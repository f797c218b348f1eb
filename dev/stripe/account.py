"""One Stripe account: its objects, its time, its events, and the settings that its owner chose."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from stripe._api_version import _ApiVersion

from dev.stripe.clock import DAY, Clock
from dev.stripe.events import Events
from dev.stripe.identifiers import Identifiers
from dev.stripe.shapes import Object, listed, shape
from dev.stripe.store import Store

PIN = _ApiVersion.CURRENT


@dataclass
class Settings:
    """What an account's owner sets in Stripe's dashboard."""

    # When a failed renewal is tried again, counted from the failure before.
    retries: tuple[int, ...] = (3 * DAY, 5 * DAY, 7 * DAY)
    # What becomes of a subscription after the last retry: `cancel`, `unpaid` or `past_due`.
    after_retries: str = "cancel"
    livemode: bool = False
    # Where its pages are.
    url: str = "http://127.0.0.1:54330"


class Account:
    """The state that every file here works on."""

    def __init__(
        self, *, seed: int | None = None, clock: Clock | None = None, settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.store = Store()
        self.identifiers = Identifiers(seed)
        self.random = random.Random(seed)  # noqa: S311 - shuffles deliveries
        self.events = Events(self.store, self.clock, self.identifiers, PIN)
        self.events.livemode = self.settings.livemode

    @property
    def now(self) -> int:
        """The present second."""
        return self.clock.now

    def new(self, kind: str, prefix: str, **members: object) -> Object:
        """Make an object and keep it; members that it does not declare itself are left out."""
        made = shape(kind, id=self.identifiers.make(prefix), created=self.now, livemode=self.settings.livemode)
        return self.store.add(made | members)

    def later(self, moment: int, action: Callable[["Account", str], None], subject: str) -> None:
        """Have something happen to an object at a moment."""
        self.clock.at(moment, lambda identifier: action(self, identifier), subject)

    def list_of(self, objects: list[Object], path: str) -> Object:
        """Return objects as a list within another object."""
        return listed(objects, f"/v1/{path}")
