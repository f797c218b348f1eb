"""Webhooks: how many a second are taken and applied, after how long they count, and what a burst costs in fetches."""

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

from bench.billing import Bench, bench

SENDERS = 16
PLAN = "select private.plan_of(%s)"


def burst(found: Bench, events: int, customers: int) -> None:
    """Deliver many events of few customers at once."""
    made = [customer for _, customer in (found.customer() for _ in range(customers))]
    about = [(each, found.subscribe(each)) for each in made] * (events // customers)
    Random(7).shuffle(about)  # noqa: S311 - an order
    found.double.api.seen.clear()
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda each: found.send(*each), about))
    accepted = time.perf_counter() - started
    applied = found.settle() - started
    fetches = sum(
        each.method == "GET" and each.path in {f"/v1/customers/{one}" for one in made} for each in found.double.api.seen
    )
    print(f"burst of {len(about)} events of {customers} customers")
    print(f"  accepted {len(about) / accepted:8.0f} a second   applied {len(about) / applied:8.0f} a second")
    print(f"  fetches  {fetches:8d} of a customer's state, {len(found.double.api.seen)} requests")


def delay(found: Bench, sender: ThreadPoolExecutor, pause: float) -> float:
    """Deliver one event of a new subscriber; return after how many seconds the plan was theirs."""
    org, customer = found.customer()
    subscription = found.subscribe(customer)
    time.sleep(pause)
    started = time.perf_counter()
    # As Stripe does: it does not wait with one event for the answer to another.
    sent = sender.submit(found.send, customer, subscription)

    def entitled() -> bool:
        if sent.done():
            sent.result()
        return bool(found.value(PLAN, org) == "pro")

    return found.wait(entitled, pause=0.002) - started


def delays(found: Bench, rounds: int, pause: float) -> None:
    """Deliver one event of one new subscriber after another, and ask until the plan is theirs."""
    with ThreadPoolExecutor(SENDERS) as sender:
        seconds = [delay(found, sender, pause) for _ in range(rounds)]
    cuts = statistics.quantiles(seconds, n=20)
    print(f"from delivery to entitlement, {rounds} subscribers one after another")
    print(f"  p50 {cuts[9] * 1000:8.0f} ms   p95 {cuts[18] * 1000:8.0f} ms   worst {max(seconds) * 1000:8.0f} ms")


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.webhooks", description=__doc__)
    parser.add_argument("--events", type=int, default=1000, help="of the burst (default 1000)")
    parser.add_argument("--customers", type=int, default=10, help="of the burst (default 10)")
    parser.add_argument("--rounds", type=int, default=60, help="subscribers whose wait is measured (default 60)")
    asked = parser.parse_args()
    with bench() as found:
        delays(found, asked.rounds, 0.05)
        burst(found, asked.events, asked.customers)


if __name__ == "__main__":
    main()
