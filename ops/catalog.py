"""What is sold: `plan` shows how supabase/catalog.toml, the provider and our tables differ; `apply` ends that."""

import argparse
import os
import sys

import psycopg

from functions.billing import payments
from ops import catalog_file, catalog_mirror
from ops.catalog_provider import Shelf
from shared.errors import Problem

API = "https://api.stripe.com"
NEEDED = {
    "DATABASE_URL": "set DATABASE_URL to the database, as the role postgres",
    "STRIPE_SECRET_KEY": "set STRIPE_SECRET_KEY to a key that may write products and prices",
}


def main() -> int:
    """Compare, and change if told to; answers 1 where `plan` finds a difference, so that a schedule can watch."""
    parser = argparse.ArgumentParser(prog="python -m ops.catalog", description=__doc__)
    parser.add_argument("command", choices=["plan", "apply"])
    arguments = parser.parse_args()
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        parser.error(f"{'; '.join(NEEDED[name] for name in missing)}. With the double: see docs/billing.md")
    key = os.environ["STRIPE_SECRET_KEY"]
    client = payments.connect(key, os.environ.get("STRIPE_API_BASE") or API)
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            return run(arguments.command, Shelf(client), connection, live="_live_" in key)
    except catalog_file.Unreadable as unreadable:
        print(unreadable, file=sys.stderr)
    except Problem as problem:
        print(f"Stripe was not asked with success: {problem.cause or problem}", file=sys.stderr)
    return 2


def run(command: str, shelf: Shelf, connection: psycopg.Connection, *, live: bool) -> int:
    """Do one of the two; raises Unreadable for a file that is wrong, before anything is changed."""
    catalog = catalog_file.read()
    billed = connection.execute(
        "select value::boolean from private.settings where name = 'billing_livemode'"
    ).fetchone()
    if billed != (live,):
        print(
            "The key is of another mode than this database bills in: see its setting billing_livemode.", file=sys.stderr
        )
        return 2
    plans = {plan for (plan,) in connection.execute("select plan from private.plans")}
    if unknown := sorted(catalog.plans.keys() - plans):
        print(f"There is no plan {', '.join(unknown)}. There are: {', '.join(sorted(plans))}.", file=sys.stderr)
        return 2
    changes = shelf.changes(catalog)
    lines = [change.says for change in changes]
    if command == "apply":
        for change in changes:
            change.make()
        shelf.look()
    rows = catalog_mirror.wanted(catalog, shelf)
    lines += catalog_mirror.drift(connection, rows, live=live)
    if command == "apply":
        catalog_mirror.write(connection, rows, live=live)
    print("\n".join(lines) or "Nothing differs.")
    return 1 if lines and command == "plan" else 0


if __name__ == "__main__":
    raise SystemExit(main())
