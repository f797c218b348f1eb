"""A shop to measure: a stack, a double of Stripe, and the functions that bill between them."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from dev import ports, units
from dev.packages import CHECKOUT
from dev.stack import Stack
from dev.stripe.deliverer import sign
from dev.stripe.double import Double
from dev.stripe.serving import served

SECRET = "whsec_of_the_bench_alone"  # noqa: S105 - of a double that lives a minute
PATH = "/functions/v1/billing/webhooks/stripe"
WAITING = "select count(*) from private.webhook_events where status = 'waiting'"
PATIENCE_SECONDS = 60.0


class Bench:
    """A stack, a double of Stripe, and the functions that bill between them."""

    def __init__(self, connection: psycopg.Connection, double: Double, client: httpx.Client) -> None:
        self.connection, self.double, self.client = connection, double, client
        self.v1 = double.client().v1
        self.price = self._sell()

    def _sell(self) -> str:
        product = self.v1.products.create({"name": "Pro"})
        price = self.v1.prices.create(
            {"product": product.id, "currency": "usd", "unit_amount": 1900, "recurring": {"interval": "month"}}
        )
        self.connection.execute(
            "with p as (insert into products (provider, livemode, provider_id, key, plan, name)"
            " values ('stripe', false, %s, 'bench', 'pro', 'Pro') returning id)"
            " insert into prices (product_id, provider, livemode, provider_id, currency, unit_amount,"
            " recurring_interval)"
            " select id, 'stripe', false, %s, 'usd', 1900, 'month' from p",
            [product.id, price.id],
        )
        return price.id

    def customer(self) -> tuple[UUID, str]:
        """Make an organization with a customer who pays by card, at the double and in our rows."""
        org = uuid4()
        made = self.v1.customers.create({"metadata": {"org_id": str(org)}})
        method = self.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
        self.v1.payment_methods.attach(method.id, {"customer": made.id})
        self.v1.customers.update(made.id, {"invoice_settings": {"default_payment_method": method.id}})
        self.connection.execute("insert into organizations (id, name) values (%s, 'Bench')", [org])
        self.connection.execute(
            "insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'stripe', false, %s)",
            [org, made.id],
        )
        return org, made.id

    def subscribe(self, customer: str) -> str:
        """Subscribe, and return what an event of it would name."""
        return self.v1.subscriptions.create({"customer": customer, "items": [{"price": self.price}]}).id

    def send(self, customer: str, subscription: str) -> None:
        """Deliver one event; raises where it is not answered with 200."""
        thing = {"id": subscription, "object": "subscription", "customer": customer}
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": "customer.subscription.updated",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": thing},
        }
        raw, now = json.dumps(event).encode(), int(time.time())
        headers = {"Stripe-Signature": f"t={now},v1={sign(SECRET, now, raw)}", "Content-Type": "application/json"}
        self.client.post(PATH, content=raw, headers=headers).raise_for_status()

    def value(self, statement: str, *parameters: Any) -> Any:  # noqa: ANN401 - a column
        """Return the first column of the first row."""
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        return row and row[0]

    def settle(self) -> float:
        """Wait until every event is done; return when that was."""
        return self.wait(lambda: not self.value(WAITING), pause=0.02)

    def wait(self, so: Callable[[], bool], pause: float) -> float:
        """Ask again and again until it is so, and return when that was; raises TimeoutError after a minute."""
        end = time.perf_counter() + PATIENCE_SECONDS
        while not so():
            if time.perf_counter() > end:
                raise TimeoutError("What was delivered is not applied: the functions' log says why.")
            time.sleep(pause)
        return time.perf_counter()


@contextmanager
def functions(stack: Stack, api: str) -> Iterator[str]:
    """Run the functions that bill in a process of their own that knows the double; yield where they are."""
    port = ports.free_block(1)
    url = f"http://127.0.0.1:{port}"
    env = {
        **units.environment("billing", stack.ports, stack.keyring, stack.project),
        "STRIPE_SECRET_KEY": "sk_test_double",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_API_BASE": api,
        "JOBS_URL": url,
    }
    args = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "dev.functions:app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    quiet = ["--loop", "uvloop", "--no-access-log", "--log-level", "warning", "--lifespan", "off"]
    with subprocess.Popen([*args, *quiet], env=env, cwd=CHECKOUT, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


@contextmanager
def bench() -> Iterator[Bench]:
    """Start everything."""
    double = Double()
    with tempfile.TemporaryDirectory() as folder, served(double) as api:
        stack = Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True)
        with (
            stack,
            functions(stack, api) as url,
            httpx.Client(base_url=url, timeout=30) as client,
            psycopg.connect(stack.database_url(), autocommit=True) as connection,
        ):
            # Nothing is drained but what comes in.
            connection.execute("update private.schedules set enabled = false")
            yield Bench(connection, double, client)
