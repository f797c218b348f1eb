"""What a cold start costs, against the same endpoint the usual way: FastAPI, Mangum, supabase-py, Stripe's SDK.

Each start is a fresh process with the real Lambda runtime client, bytecode on disk, and a database that answers at
once; turn about, so that a busy machine slows all alike. What counts is the ratio to the usual way (1.00). No number is
printed unless both ways answer alike.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt

from bench.lambda_process import Machine, Start, prepare
from bench.runtime_api import Failed
from bench.upstream import PERSON
from shared.config import VERSION

NOTHING = "bench.usual.nothing"
HEALTH = "bench.usual.health"
PROFILE = "bench.usual.profile"
PAYMENTS = "bench.usual.payments"
# What each is asked first. A handler that is not here is measured to the end of its imports.
PATHS = {
    NOTHING: "/",
    HEALTH: "/core/health",
    PROFILE: "/auth/profile",
    PAYMENTS: "/auth/profile",
    "functions.core.health": "/core/health",
    "functions.core.docs": "/openapi.json",
    "functions.auth.profile": "/auth/profile",
    "functions.auth.api_keys": "/auth/api-keys",
    "functions.auth.invitations": "/auth/invitations",
    "functions.auth.sessions": "/auth/sessions",
    "functions.auth.account": "/auth/account/export",
    "functions.auth.whoami": "/auth/whoami",
}
# Whose time counts as 1.00. For all others it is the profile's: one usual function stands for all that read data.
AGAINST = dict.fromkeys((HEALTH, "functions.core.health", "functions.core.docs"), HEALTH)
REACH = {HEALTH: "<= 0.25", PROFILE: "<= 0.45"}
ALIKE = ((HEALTH, "functions.core.health"), (PROFILE, "functions.auth.profile"), (PROFILE, PAYMENTS))
OK = 200
ROOT = Path(__file__).resolve().parent.parent


def handlers() -> list[str]:
    """Return the modules under functions/ that are handlers."""
    paths = sorted(ROOT.glob("functions/*/*.py"))
    return [
        ".".join(p.relative_to(ROOT).with_suffix("").parts) for p in paths if "\nhandler = " in p.read_text("utf-8")
    ]


def event(path: str) -> dict[str, Any]:
    """Return a signed-in person's first request, as API Gateway's payload format 2.0."""
    claims = {"sub": PERSON, "role": "authenticated", "exp": 4102444800}
    token = jwt.encode(claims, "a secret that only this bench knows of")
    path = f"/functions/v1{path}"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "authorization": f"Bearer {token}"},
        "requestContext": {
            "domainName": "api.example.com",
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "x"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }


@contextmanager
def upstream() -> Iterator[str]:
    """Run the project behind the functions as a process of its own, and yield its address."""
    command = [sys.executable, "-m", "bench.upstream"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip() if process.stdout else ''}"
        finally:
            process.terminate()


def environment(url: str) -> dict[str, str]:
    """Return the variables of a function; both ways read theirs from the same."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "SUPABASE_URL": url,
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_bench",
        "FUNCTION_KEY": "the function key of a bench",
        "API_KEY_PEPPERS": f"1:{'A' * 43}",
        "STRIPE_API_KEY": "sk_test_bench",
        "RELEASE": "bench",
        "COMMIT": "4f2a91c",
        "VERSION": VERSION,
    }


def measure(machine: Machine, names: list[str], rounds: int) -> dict[str, list[Start]]:
    """Start each in turn, so many times; the first time fills the page cache and is left out."""
    starts: dict[str, list[Start]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for name in names:
            start = machine.start(name, event(PATHS.get(name, "/")))
            if turn:
                starts[name].append(start)
    return starts


def require_alike(starts: dict[str, list[Start]]) -> None:
    """Raise Failed unless every request succeeded and both ways said the same."""
    for name in PATHS.keys() & starts.keys():
        for start in starts[name]:
            if start.answer["statusCode"] != OK:
                raise Failed(f"{name} answered {start.answer['statusCode']}: {start.answer['body']}\n{start.log}")
    for usual, ours in ALIKE:
        for first, second in zip(starts[usual], starts[ours], strict=True):
            if said(first) != said(second):
                raise Failed(f"{usual} said {said(first)}\n{ours} said {said(second)}")


def said(start: Start) -> dict[str, Any]:
    """Return the data of an answer, but for the moment it was given."""
    data: dict[str, Any] = json.loads(start.answer["body"])["data"]
    return {name: value for name, value in data.items() if name != "timestamp"}


def show(starts: dict[str, list[Start]]) -> None:
    """Print one line for each: its imports, its first answer, each with its ratio to the usual way."""
    imported = {name: statistics.median(start.imported for start in each) for name, each in starts.items()}
    answered = {name: statistics.median(start.answered for start in each) for name, each in starts.items()}
    print(f"{'median of ' + str(len(starts[NOTHING])):28} {'imported':>10} {'':>7} {'answered':>11}")
    for name in starts:
        usual = AGAINST.get(name, PROFILE)
        reach = REACH[usual] if name.startswith("functions.") else ""
        line = f"{name:28} {imported[name] * 1000:7.0f} ms {imported[name] / imported[usual]:7.2f}"
        if name in PATHS:
            line += f" {answered[name] * 1000:8.0f} ms {answered[name] / answered[usual]:7.2f}   {reach}"
        print(line.rstrip())


def main() -> None:
    """Print the table, or say why there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.cold_start", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9, help="how many times each is started (default 9)")
    rounds = max(1, parser.parse_args().rounds)
    with tempfile.TemporaryDirectory() as folder, upstream() as url:
        prepare(Path(folder))
        names = [NOTHING, HEALTH, PROFILE, PAYMENTS, *handlers()]
        try:
            starts = measure(Machine(Path(folder), environment(url)), names, rounds)
            require_alike(starts)
        except Failed as failure:
            sys.exit(f"bench: {failure}")
    show(starts)


if __name__ == "__main__":
    main()
