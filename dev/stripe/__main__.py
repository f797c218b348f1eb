"""python -m dev.stripe: the double on a port of its own. Its state lives as long as it runs."""

import argparse
import os

from dev.stripe.account import Settings
from dev.stripe.double import Double
from dev.stripe.serving import server

PORT = 54330


def parser() -> argparse.ArgumentParser:
    """Describe what can be chosen."""
    whole = argparse.ArgumentParser(prog="python -m dev.stripe", description="A double of Stripe on this machine.")
    whole.add_argument("--port", type=int, default=PORT, help=f"where it listens ({PORT})")
    whole.add_argument("--webhook", help="an address that is told of everything")
    whole.add_argument("--seed", type=int, help="the same seed gives the same identifiers")
    whole.epilog = "STRIPE_WEBHOOK_SECRET is what deliveries to --webhook are signed with."
    return whole


def main() -> None:
    """Serve until stopped."""
    wanted = parser().parse_args()
    settings = Settings(url=f"http://127.0.0.1:{wanted.port}")
    double = Double(seed=wanted.seed, ticking=True, settings=settings)
    if wanted.webhook:
        _, secret = double.listen(wanted.webhook, secret=os.environ.get("STRIPE_WEBHOOK_SECRET", ""))
        if "STRIPE_WEBHOOK_SECRET" not in os.environ:
            print(f"Deliveries are signed with {secret}", flush=True)
    server(double, wanted.port, delivers=True).run()


if __name__ == "__main__":
    main()
