"""Asking Stripe: what a customer has now, all of it, and whose an object is."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from functions.billing.payments import PAGE, Client, Missing, ask, every
from functions.billing.state import Told, intents_named, state
from shared.errors import Unexpected

# An invoice that is older than so many is not looked at again.
INVOICES = PAGE
SESSION_SECONDS = 86_400
# A session's id goes on with its mode: cs_test_a1b2.
PREFIX = re.compile(r"(sub_sched|[a-z]+)_")


def _no_lease() -> None:
    """Keep nothing: who waits for an answer holds no job."""


def fetch(client: Client, customer: str, *, live: bool, beat: Callable[[], None] = _no_lease) -> dict[str, Any]:
    """Return a customer's whole state (see state.py) in four requests, or more where lists are long.

    `beat` is called before each step, for who holds a lease: a step takes 36 seconds where Stripe does not answer.
    Raises Missing for a customer that Stripe never had, which is not the same as one that was deleted.
    """
    fetcher = _Fetcher(client, customer, beat)
    told = fetcher.customer()
    if "livemode" in told and told["livemode"] != live:
        raise Unexpected(cause="the provider answered from the other mode")
    try:
        subscriptions, invoices = fetcher.subscriptions(), fetcher.invoices()
    except Missing:
        if not told.get("deleted"):
            raise
        subscriptions, invoices = [], []
    return state(told, subscriptions, invoices, fetcher.intents(invoices))


class _Fetcher:
    """The requests that one customer's state takes."""

    def __init__(self, client: Client, customer: str, beat: Callable[[], None]) -> None:
        self.v1, self.of, self.beat = client.v1, customer, beat

    def customer(self) -> Told:
        self.beat()
        expand = {"expand": ["invoice_settings.default_payment_method"]}
        return _plain(ask(lambda: self.v1.customers.retrieve(self.of, expand)))  # type: ignore[arg-type] # a plain dict

    def subscriptions(self) -> list[Told]:
        self.beat()
        # Without a status those that were canceled would be left out.
        asked = {"customer": self.of, "status": "all", "expand": ["data.default_payment_method"]}
        return [self._with_items(_plain(each)) for each in every(self.v1.subscriptions.list, asked)]

    def _with_items(self, subscription: dict[str, Any]) -> Told:
        if subscription["items"]["has_more"]:
            self.beat()
            asked = {"subscription": subscription["id"]}
            items = [_plain(each) for each in every(self.v1.subscription_items.list, asked)]
            subscription["items"] = {"data": items}
        return subscription

    def invoices(self) -> list[Told]:
        self.beat()
        asked = {"customer": self.of, "expand": ["data.payments"]}
        return [_plain(each) for each in islice(every(self.v1.invoices.list, asked), INVOICES)]

    def intents(self, invoices: list[Told]) -> dict[str, Told]:
        """Return the payment intents that invoices name, by id, with their last charges."""
        wanted = {each for invoice in invoices for each in intents_named(invoice)}
        if not wanted:
            return {}
        self.beat()
        # Of a Checkout Session, which lives a day, a payment may be older than its invoice.
        since = min(each["created"] for each in invoices) - SESSION_SECONDS
        asked = {"customer": self.of, "created": {"gte": since}, "expand": ["data.latest_charge"]}
        found: dict[str, Told] = {}
        for each in every(self.v1.payment_intents.list, asked):
            if each.id in wanted:
                found[each.id] = self._with_disputes(_plain(each))
            if len(found) == len(wanted):
                break
        return found

    def _with_disputes(self, intent: dict[str, Any]) -> Told:
        charge = intent.get("latest_charge")
        if charge and charge["disputed"]:
            self.beat()
            charge["disputes"] = [_plain(each) for each in every(self.v1.disputes.list, {"charge": charge["id"]})]
        return intent


def end(client: Client, customer: str) -> None:
    """Delete a customer, which ends their subscriptions at once and without a last invoice. A repeat finds it done.

    Raises Missing for whom this account never had: then it is the key that is wrong.
    """
    try:
        ask(lambda: client.v1.customers.delete(customer))
    except Missing:
        # Stripe still tells of those that are deleted.
        ask(lambda: client.v1.customers.retrieve(customer))


def owner_of(client: Client, identifier: str) -> str | None:
    """Return the customer whom an object belongs to; None for nobody's, for what is gone, and for other kinds."""
    kind = PREFIX.match(identifier)
    seek = _SEEKERS.get(kind[1]) if kind else None
    try:
        return seek(client, identifier) if seek else None
    except Missing:
        return None


def _reference(found: Any) -> str | None:  # noqa: ANN401 - an id, an object or nothing
    return found if isinstance(found, str) or found is None else str(found.id)


def _of(kinds: str) -> Callable[[Client, str], str | None]:
    """Return how one asks for an object that names its customer: `kinds` is what the SDK calls them."""

    def seek(client: Client, identifier: str) -> str | None:
        service = client.v1
        for name in kinds.split("."):
            service = getattr(service, name)
        return _reference(ask(lambda: service.retrieve(identifier)).customer)

    return seek


def _through(kinds: str, names: Iterable[str]) -> Callable[[Client, str], str | None]:
    """Return how one asks for an object that only names another that names its customer."""

    def seek(client: Client, identifier: str) -> str | None:
        found = ask(lambda: getattr(client.v1, kinds).retrieve(identifier))
        named = (_reference(getattr(found, name, None)) for name in names)
        further = next((each for each in named if each), None)
        return owner_of(client, further) if further else None

    return seek


_charged = ("payment_intent", "charge")
_SEEKERS: dict[str, Callable[[Client, str], str | None]] = {
    "sub": _of("subscriptions"),
    "in": _of("invoices"),
    "pi": _of("payment_intents"),
    "ch": _of("charges"),
    "py": _of("charges"),
    "cs": _of("checkout.sessions"),
    "pm": _of("payment_methods"),
    "si": _through("subscription_items", ["subscription"]),
    "inpay": _through("invoice_payments", ["invoice"]),
    "re": _through("refunds", _charged),
    "pyr": _through("refunds", _charged),
    "du": _through("disputes", _charged),
    "dp": _through("disputes", _charged),
    "sub_sched": _of("subscription_schedules"),
}


def _plain(found: Any) -> dict[str, Any]:  # noqa: ANN401 - an object of the SDK
    plain: dict[str, Any] = found.to_dict()
    return plain


def fetch_catalog(client: Client, *, live: bool) -> list[dict[str, Any]]:
    """Return the account's products with their recurring prices, ended ones too: what jobs_write_catalog takes."""
    prices: dict[str, list[dict[str, Any]]] = {}
    for each in every(client.v1.prices.list, {}):
        if each.recurring and each.livemode == live:
            prices.setdefault(str(_reference(each.product)), []).append(_price(each))
    return [
        {
            "provider_id": each.id,
            "name": each.name,
            "description": each.description,
            "active": each.active,
            "prices": prices.get(each.id, []),
        }
        for each in every(client.v1.products.list, {})
    ]


def _price(told: Any) -> dict[str, Any]:  # noqa: ANN401 - an object of the SDK
    return {
        **{name: getattr(told, name) for name in ("lookup_key", "active", "currency")},
        "provider_id": told.id,
        # What is priced by tiers, or by less than a cent, has no amount of its own.
        "unit_amount": told.unit_amount or 0,
        "recurring_interval": told.recurring.interval,
        "interval_count": told.recurring.interval_count,
    }
