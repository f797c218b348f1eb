"""python -m dev.stripe.control <verb> name=value …: the double's door from a terminal.

Values are JSON where they can be, else text: `advance days=31`, `behave card=declined`, `fault kind=429 times=2`.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from dev.envfile import parse
from dev.packages import CHECKOUT
from dev.stripe.__main__ import PORT
from dev.trouble import Trouble

MOST_DAYS = 400
USAGE = "python -m dev.stripe.control state | advance days=31 | behave card=declined | pay session=cs_… card=ok | …"


def address() -> str:
    """Return where the double is: STRIPE_API_BASE, or what the running stack says."""
    file = Path(os.environ.get("MAINSTAY_FOLDER", CHECKOUT / ".local")) / "env"
    said = parse(file.read_text("utf-8")) if file.exists() else {}
    return os.environ.get("STRIPE_API_BASE") or said.get("STRIPE_API_BASE") or f"http://127.0.0.1:{PORT}"


def wish(verb: str, given: dict[str, object]) -> object:
    """Have the double do something, and return its answer."""
    look = verb == "state"
    body = None if look else json.dumps(given).encode()
    request = urllib.request.Request(  # noqa: S310 - the double's own address
        f"{address()}/_double/{verb}", body, {"Content-Type": "application/json"}, method="GET" if look else "POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            raise Trouble(json.load(refused).get("error", "It did not work.")) from None
    except OSError as failed:
        raise Trouble(f"No double of Stripe answers at {address()}: start one with `make dev`. ({failed})") from None


def value(text: str) -> object:
    """Read a value as it is typed."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def main(arguments: list[str]) -> int:
    """Run one command."""
    if not arguments or arguments[0] in {"-h", "--help"} or not all("=" in each for each in arguments[1:]):
        print(USAGE, file=sys.stderr)
        return 2
    given = {name: value(text) for name, _, text in (each.partition("=") for each in arguments[1:])}
    if arguments[0] == "advance" and not (isinstance(days := given.get("days", 1), int) and 0 < days <= MOST_DAYS):
        print(f"mainstay: DAYS is a whole number from 1 to {MOST_DAYS}.", file=sys.stderr)
        return 2
    try:
        print(json.dumps(wish(arguments[0], given), indent=2))
    except Trouble as trouble:
        print(f"mainstay: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
