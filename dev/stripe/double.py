"""The double of Stripe, whole: what tests hold in their hands."""

import time
from collections.abc import Callable

import stripe

from dev.stripe import (
    answers,
    checkout_visits,
    collection,
    disputes,
    payment_intents,
    payment_methods,
    refunds,
    webhook_endpoints,
)
from dev.stripe import cards as known
from dev.stripe.account import PIN, Account, Settings
from dev.stripe.api import Api
from dev.stripe.clock import DAY, Clock
from dev.stripe.deliverer import Deliverer, Send
from dev.stripe.refusal import missing
from dev.stripe.shapes import Object
from dev.stripe.transport import InProcess


class Double:
    """One Stripe account in this process.

    The same seed gives the same identifiers and shuffles. Time stands still at `now` until `advance`, unless it is
    `ticking`. `checks` holds each answer against the SDK's classes.
    """

    def __init__(  # noqa: PLR0913 - what can be chosen about it
        self,
        *,
        seed: int | None = None,
        now: int | None = None,
        ticking: bool = False,
        settings: Settings | None = None,
        checks: bool = False,
        send: Send | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.account = Account(seed=seed, clock=Clock(now, ticking=ticking), settings=settings)
        self.api = Api(self.account, checks=checks)
        self.faults = self.api.faults
        self.deliverer = Deliverer(self.account, send, wall)
        if checks:
            self.account.events.listeners.append(
                lambda event: answers.require_sound(event["data"]["object"], event["type"])
            )

    @property
    def now(self) -> int:
        """The present second of its own time."""
        return self.account.now

    def client(self, *, retries: int = 0) -> stripe.StripeClient:
        """Return the real SDK's client, which talks to this double without a network."""
        key = f"sk_{'live' if self.account.settings.livemode else 'test'}_double"
        return stripe.StripeClient(
            key, stripe_version=PIN, http_client=InProcess(self.api), max_network_retries=retries
        )

    def advance(self, *, days: float = 0, seconds: int = 0) -> int:
        """Let time pass, and everything that falls due happen; return how much that was."""
        with self.api.lock:
            happened = self.account.clock.advance(int(days * DAY) + seconds)
            self.api.keys.prune()
            return happened

    def events(self, *kinds: str) -> list[Object]:
        """Return what has happened, oldest first, of these kinds or of all."""
        return [event for event in self.account.store.all("event") if not kinds or event["type"] in kinds]

    def pay(self, session: str, card: str = "ok") -> Object:
        """A buyer pays a Checkout Session with one of cards.CARDS; raises Refused if the card is."""
        with self.api.lock:
            return checkout_visits.pay(self.account, session, known.CARDS[card])

    def confirm(self, session: str, *, agreed: bool = True) -> Object:
        """The buyer confirms with their bank, or does not."""
        with self.api.lock:
            return checkout_visits.confirm(self.account, session, agreed=agreed)

    def authenticate(self, intent: str, *, agreed: bool = True) -> None:
        """A person confirms a payment that waits for that, such as a renewal's."""
        with self.api.lock:
            found = self.account.store.get("payment_intent", intent)
            payment_intents.confirmed(self.account, found, agreed=agreed)
            self._follow(found)

    def settle(self, intent: str, *, paid: bool = True) -> None:
        """Slow money arrives, or does not."""
        with self.api.lock:
            found = self.account.store.get("payment_intent", intent)
            payment_intents.settled(self.account, found, paid=paid)
            self._follow(found)
            checkout_visits.settled(self.account, found)

    def _follow(self, intent: Object) -> None:
        invoice = self.account.store.secrets[intent["id"]].get("invoice")
        if invoice:
            collection.follow(self.account, self.account.store.get("invoice", invoice), intent["status"])

    def behave(self, customer: str, card: str | None) -> None:
        """Have all that a customer pays with behave like this card from now on; None ends that."""
        with self.api.lock:
            payment_methods.behave(self.account, customer, card)

    def dispute(self, charge: str, reason: str = "fraudulent") -> Object:
        """A buyer disputes a charge."""
        with self.api.lock:
            return disputes.open_(self.account, charge, reason)

    def decide(self, dispute: str, *, won: bool) -> Object:
        """The bank decides a dispute."""
        with self.api.lock:
            return disputes.settle(self.account, dispute, won=won)

    def fail_refund(self, refund: str) -> Object:
        """A refund that succeeded comes back after all."""
        with self.api.lock:
            return refunds.fail(self.account, refund)

    def tell(self, kind: str, identifier: str) -> Object:
        """Record an event of any kind about an object: one that nothing here causes, or that nobody knows yet."""
        with self.api.lock:
            found = self.account.store.find(identifier)
            if found is None:
                raise missing("object", identifier)
            return self.account.events.emit(kind, found)

    def listen(
        self, url: str, *, kinds: tuple[str, ...] = ("*",), version: str = PIN, thin: bool = False, secret: str = ""
    ) -> tuple[str, str]:
        """Add a webhook endpoint, also one that the API would not make, and return its id and secret."""
        with self.api.lock:
            params = {"url": url, "enabled_events": list(kinds), "api_version": version}
            made = webhook_endpoints.create(self.account, params)
            kept = self.account.store.secrets[made["id"]]
            kept["thin"] = thin
            if secret:
                kept["secrets"] = [(secret, None)]
            return made["id"], webhook_endpoints.secrets_of(self.account, made["id"])[0]
