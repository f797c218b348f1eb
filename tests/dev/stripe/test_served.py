"""The double on a port, reached by the SDK's own HTTP client, and its door from a terminal."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe

from dev import ports
from dev.packages import CHECKOUT
from dev.stripe.double import Double
from dev.stripe.serving import served as served_here
from tests.dev.stripe.shop import NOW, open_shop

SECRET = "whsec_served"


class Inbox(http.server.BaseHTTPRequestHandler):
    """Keeps every delivery whose signature holds."""

    got: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], SECRET)
        self.got.append(event.type)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def inbox() -> Iterator[tuple[str, list[str]]]:
    got: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (Inbox,), {"got": got}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hooks", got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(inbox: tuple[str, list[str]]) -> Iterator[str]:
    """The address of a double in a process of its own."""
    url = f"http://127.0.0.1:{ports.free_block(1)}"
    args = [sys.executable, "-m", "dev.stripe", "--port", url.rpartition(":")[2], "--webhook", inbox[0]]
    env = {**os.environ, "STRIPE_WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(args, cwd=CHECKOUT, env=env, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while not _answers(url):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield url
        process.terminate()
        process.communicate(timeout=10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_double/state", timeout=1).is_success
    except httpx.HTTPError:
        return False


def _control(url: str, *arguments: str) -> Any:
    ran = subprocess.run(
        [sys.executable, "-m", "dev.stripe.control", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "STRIPE_API_BASE": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(ran.stdout) if ran.returncode == 0 else ran.stderr


def test_a_life_over_a_port(served: str, inbox: tuple[str, list[str]]) -> None:
    http_client = stripe.RequestsClient(timeout=10)
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": served}, http_client=http_client)
    v1: Any = client.v1
    product = v1.products.create({"name": "Pro"})
    wish = {"product": product.id, "unit_amount": 2000, "currency": "usd", "recurring": {"interval": "month"}}
    price = v1.prices.create(wish).id
    customer = v1.customers.create({"email": "ada@example.com"}).id
    session = v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer,
            "line_items": [{"price": price, "quantity": 1}],
            "success_url": "https://app.example/done",
        }
    )
    assert _control(served, "pay", f"session={session.id}")["payment_status"] == "paid"
    assert _control(served, "behave", "card=fails_later")["customers"] == [customer]
    assert _control(served, "advance", "days=31")["happened"] > 0
    [subscription] = v1.subscriptions.list({"customer": customer}).data
    assert subscription.status == "past_due"
    assert _control(served, "behave", "card=null")["customers"] == [customer]
    _control(served, "advance", "days=3")
    assert v1.subscriptions.retrieve(subscription.id).status == "active"
    assert _control(served, "refund")["status"] == "succeeded"
    assert "Nothing is known" not in str(_control(served, "state"))

    _control(served, "fault", "kind=lost", "method=POST")
    retrying: Any = stripe.StripeClient(
        "sk_test_x", base_addresses={"api": served}, http_client=http_client, max_network_retries=2
    )
    retrying.v1.customers.create({"email": "twice@example.com"})
    assert len(v1.customers.list().data) == 2

    deadline = time.monotonic() + 10
    while "charge.refunded" not in inbox[1] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert inbox[1][:3] == ["product.created", "price.created", "customer.created"]
    assert {"checkout.session.completed", "invoice.payment_failed", "charge.refunded"} <= set(inbox[1])


def test_a_double_of_this_process_can_be_reached_by_http(inbox: tuple[str, list[str]]) -> None:
    double = Double(seed=1, now=NOW, checks=True)
    double.listen(inbox[0], secret=SECRET)
    with served_here(double, delivers=True) as url:
        http_client = stripe.RequestsClient(timeout=10)
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": url}, http_client=http_client)
        shop = open_shop(double, client)
        session = shop.checkout(shop.customer(None))
        assert session.url.startswith(url)
        done = httpx.post(session.url, data={"action": "pay", "card": "ok"})
        assert done.headers["location"].startswith("https://app.example/done")
        double.advance(days=31)
        assert len(shop.v1.invoices.list().data) == 2
        for kind in ("lost", "timeout"):
            double.faults.add(kind, seconds=0)
            with pytest.raises(stripe.APIConnectionError):
                shop.v1.customers.create({})
        double.tell("customer.sneezed", session.customer)
        deadline = time.monotonic() + 10
        while "customer.sneezed" not in inbox[1] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(shop.v1.customers.list().data) == 2
    assert inbox[1][-1] == "customer.sneezed"


def test_the_door_says_what_is_wrong(served: str) -> None:
    assert "A card is one of" in _control(served, "behave", "card=golden")
    assert "There is: state" in _control(served, "nothing")
    form = httpx.post(f"{served}/_double/advance", content="days=31", headers={"Content-Type": "text/plain"})
    assert form.status_code == 415


def test_without_a_double_the_terminal_says_how_to_start_one() -> None:
    said = _control("http://127.0.0.1:9", "state")
    assert "make dev" in said
