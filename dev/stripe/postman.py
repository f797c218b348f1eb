"""While the double is served: time passes, and webhooks go out."""

import asyncio

import httpx

from dev.stripe.deliverer import Delivery
from dev.stripe.double import Double

PAUSE = 0.05  # seconds between two looks
PATIENCE = 10.0
AT_ONCE = 8
GONE = 410  # an endpoint that was deleted


async def run(double: Double) -> None:
    """Look at the clock and at what waits to be delivered, for as long as the server runs."""
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        while True:
            double.advance()
            with double.api.lock:
                due = double.deliverer.ready()[:AT_ONCE]
            # In order means one after the other; else several are on their way at once.
            if double.deliverer.mode == "in_order":
                for delivery in due:
                    await deliver(double, client, delivery)
            else:
                await asyncio.gather(*(deliver(double, client, delivery) for delivery in due))
            if not due:
                await asyncio.sleep(PAUSE)


async def deliver(double: Double, client: httpx.AsyncClient, delivery: Delivery) -> None:
    """Send one event; what was refused is tried again later."""
    with double.api.lock:
        body = double.deliverer.payload(delivery)
        headers = double.deliverer.headers(delivery, body)
        url = double.account.store.get("webhook_endpoint", delivery.endpoint).get("url")
    status = GONE
    if url:
        try:
            status = (await client.post(url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            status = 0
    with double.api.lock:
        double.deliverer.settle(delivery, status)
