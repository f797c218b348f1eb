"""A shop that sells: prices with lookup keys, and people who buy at it through our functions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from functions.billing import checkout, invoices, plans, portal, seats, subscription, usage
from tests.functions.billing.shop import Shop
from tests.functions.deployed import Ask
from tests.shared.asgi import Answer
from tests.world import Person

APPS = {
    "checkout": checkout.app,
    "invoices": invoices.app,
    "plans": plans.app,
    "portal": portal.app,
    "seats": seats.app,
    "subscription": subscription.app,
    "usage": usage.app,
}


@dataclass(frozen=True)
class Buyer:
    person: Person
    org: UUID


class Counter:
    """Where people buy: what they ask our functions, and what they do at the double's page."""

    def __init__(self, shop: Shop, ask: Ask) -> None:
        self.shop, self.ask, self.world = shop, ask, shop.world
        self.sell("shop_pro", "pro", 2000)
        self.sell("shop_enterprise", "enterprise", 10000)
        self.sell("shop_trial", "pro", 2500, trial_days=14)
        self.sell("shop_team", "pro", 500, per_seat=True)

    def sell(self, lookup: str, plan: str, amount: int, *, trial_days: int = 0, per_seat: bool = False) -> None:
        """Put a price on the shelf; what had its name before is not sold any more."""
        known = self.shop.v1.prices.retrieve(self.shop.prices[plan])
        price = self.shop.v1.prices.create(
            {
                "product": str(known.product),
                "currency": "usd",
                "unit_amount": amount,
                "recurring": {"interval": "month"},
                "lookup_key": lookup,
                "transfer_lookup_key": True,
            }
        )
        self.world.run("update prices set sellable = false where lookup_key = %s", lookup)
        self.world.run(
            "insert into prices (product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount,"
            " recurring_interval, trial_days, per_seat, sellable)"
            " select p.id, 'stripe', false, %s, %s, 'usd', %s, 'month', %s, %s, true from products as p"
            " where p.provider_id = %s",
            *(price.id, lookup, amount, trial_days, per_seat, str(known.product)),
        )
        self.shop.prices[lookup] = price.id

    def buyer(self) -> Buyer:
        person = self.world.person()
        return Buyer(person, self.world.organization(person))

    def post(self, path: str, buyer: Buyer, **body: Any) -> Answer:
        """Ask for something as a person, of their organization."""
        return self.ask(APPS[path.split("/")[2]], "POST", path, buyer.person, {"orgId": str(buyer.org)} | body)

    def get(self, path: str, person: Person | None, **query: Any) -> Answer:
        """Look at something as a person, or as nobody."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.ask(APPS[path.split("/")[2]], "GET", path, person, query=asked)

    def begin(self, buyer: Buyer, lookup: str = "shop_pro", **body: Any) -> Answer:
        return self.post("/billing/checkout", buyer, lookupKey=lookup, **body)

    def buy(self, buyer: Buyer, lookup: str = "shop_pro", **body: Any) -> None:
        """Buy something, whole: until our rows show it."""
        answer = self.begin(buyer, lookup, **body)
        assert answer.status == 200, answer.body
        self.shop.double.pay(answer.json()["data"]["sessionId"])
        self.shop.settle()

    def seen(self, buyer: Buyer) -> Any:
        answer = self.get("/billing/subscription", buyer.person, orgId=buyer.org)
        assert answer.status == 200, answer.body
        return answer.json()["data"]["subscription"]

    def sessions(self, status: str = "open") -> list[Any]:
        return [each for each in self.shop.double.account.store.all("checkout.session") if each["status"] == status]

    def customers(self) -> list[Any]:
        return list(self.shop.double.account.store.all("customer"))
