"""A shop as tests want it: what it sells, at the double and in our rows, and customers of ours."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dev.stripe.double import Double
from functions.billing import jobs, webhooks
from shared.gate import Door
from shared.worker import Drained
from tests.shared.asgi import ask
from tests.world import World

SECRET = "whsec_test_of_the_double"
PATH = "/billing/webhooks/stripe"
PLANS = {"pro": 1900, "enterprise": 9900}


@dataclass(frozen=True)
class Customer:
    org: UUID
    id: str


class Shop:
    """The double, our functions and the database, tied together."""

    def __init__(self, world: World, door: Door, double: Double) -> None:
        self.world, self.door, self.double = world, door, double
        self.v1 = double.client().v1
        self.prices: dict[str, str] = {}
        self.products: list[str] = []
        self.customers: list[Customer] = []
        self.statuses: list[int] = []

    def open(self) -> None:
        self.world.run("delete from private.jobs")
        self.world.run("update private.schedules set enabled = false")
        for plan, amount in PLANS.items():
            self._sell(plan, amount)
        self.double.listen("https://example.test" + PATH, secret=SECRET)

    def _sell(self, plan: str, amount: int) -> None:
        product = self.v1.products.create({"name": plan.title()})
        price = self.v1.prices.create(
            {"product": product.id, "currency": "usd", "unit_amount": amount, "recurring": {"interval": "month"}}
        )
        row = self.world.value(
            "insert into products (provider, livemode, provider_id, key, plan, name)"
            " values ('stripe', false, %s, %s, %s, %s) returning id",
            *(product.id, f"{plan}_{product.id[-8:].lower()}", plan, plan.title()),
        )
        self.world.run(
            "insert into prices (product_id, provider, livemode, provider_id, currency, unit_amount,"
            " recurring_interval)"
            " values (%s, 'stripe', false, %s, 'usd', %s, 'month')",
            *(row, price.id, amount),
        )
        self.prices[plan] = price.id
        self.products.append(product.id)

    def close(self) -> None:
        """Leave no customer of a double that is gone, and nothing for sale."""
        orgs = [each.org for each in self.customers]
        self.world.run("delete from billing_customers where org_id = any(%s)", orgs)
        self.world.run("delete from prices where provider_id = any(%s)", list(self.prices.values()))
        self.world.run("delete from products where provider_id = any(%s)", self.products)
        self.world.run("delete from private.jobs")
        self.world.run("delete from private.webhook_events")
        self.world.run("delete from private.billing_findings")

    def customer(self, card: str = "tok_visa") -> Customer:
        """Make an organization whose customer pays by card."""
        org = self.world.organization(self.world.person())
        made = self.v1.customers.create({"metadata": {"org_id": str(org)}})
        method = self.v1.payment_methods.create({"type": "card", "card": {"token": card}})
        self.v1.payment_methods.attach(method.id, {"customer": made.id})
        self.v1.customers.update(made.id, {"invoice_settings": {"default_payment_method": method.id}})
        self.world.run(
            "insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'stripe', false, %s)",
            *(org, made.id),
        )
        self.customers.append(Customer(org, made.id))
        return self.customers[-1]

    def subscribe(self, customer: Customer, plan: str = "pro", **more: Any) -> str:
        asked: Any = {"customer": customer.id, "items": [{"price": self.prices[plan]}], **more}
        made = self.v1.subscriptions.create(asked)
        return made.id

    def deliver(self) -> int:
        """Hand every event that waits to our webhook; return how many requests that took."""
        return self.double.deliverer.flush(self.send)

    def send(self, _: str, headers: Any, body: bytes) -> int:
        answer = ask(webhooks.app, "POST", PATH, list(headers.items()), body)
        self.statuses.append(answer.status)
        return answer.status

    def work(self) -> Drained:
        return jobs.work(self.door, 30)

    def settle(self) -> None:
        """Deliver everything, and do everything that follows."""
        self.deliver()
        self.work()

    def plan(self, customer: Customer) -> Any:
        return self.world.value("select private.plan_of(%s)", customer.org)

    def row(self, customer: Customer, columns: str = "status") -> Any:
        found = self.world.connection.execute(
            f"select {columns} from subscriptions where org_id = %s order by started_at desc limit 1".encode(),
            [customer.org],
        ).fetchone()
        return found and (found[0] if len(found) == 1 else found)
