"""What the integrators' door costs: refusals, admitted reads, limits, and a million keys.

An admitted read is the handler as Lambda calls it, in this process, against PostgREST; beside it stands the same read
at PostgREST itself, with the same person's token, over a bare socket.
"""

import argparse
import contextlib
import io
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bench.crowd import Crowd, crowd
from bench.raw import Raw
from bench.turns import medians, report
from dev import ports, units
from dev.stack import Stack
from ops import function_keys
from shared import config, gate, keys
from shared.errors import Unauthenticated

CONTEXT: Any = None  # our handlers have no use for one
MALFORMED = "mainstay_sk_test_" + "0" * 50
SAME_READ = "/api_keys?select={}&org_id=eq.{}&order=created_at.desc,id.desc&limit=21"
SPEND = (
    "select private.spend(array[private.allowance(l.name, l.quantity, l.period, %s)])"
    " from private.limits as l where l.name = 'burst'"
)


def event(organization: object, headers: dict[str, str]) -> dict[str, Any]:
    """Return what a function URL hands to Lambda for a list of an organization's keys."""
    http = {"method": "GET", "path": "/functions/v1/auth/api-keys", "sourceIp": "203.0.113.9", "userAgent": "bench"}
    return {
        "version": "2.0",
        "rawPath": http["path"],
        "rawQueryString": f"orgId={organization}",
        "headers": {"host": "bench.example.com", **headers},
        "requestContext": {"http": http, "stage": "$default", "requestId": "bench"},
        "isBase64Encoded": False,
    }


def open_doors(stack: Stack, found: Crowd) -> tuple[dict[str, str], dict[str, str]]:
    """Let our functions into the crowd's database without limits; return how its person and a key of theirs call."""
    os.environ.update(units.environment("auth", stack.ports, stack.keyring, stack.project))
    os.environ["SUPABASE_URL"] = found.database.url
    # No gateway here: PostgREST itself serves at its root.
    gate.BASE = ""
    settings = config.settings()
    key, text = keys.make(settings.brand, live=settings.live)
    with psycopg.connect(found.database.dsn("supabase_admin"), autocommit=True) as admin:
        function_keys.install(admin, "auth", stack.function_key("auth"))
        admin.execute("update private.limits set quantity = 1000000000")
        made = admin.execute(
            "insert into api_keys (org_id, maker_id, name, lookup, scopes)"
            " values (%s, %s, 'bench', %s, '{api-keys:read}') returning id",
            [found.organizations[0], found.claims["sub"], key.lookup],
        ).fetchone()
        pepper = settings.peppers[0]
        admin.execute(
            "insert into private.api_key_digests (key_id, pepper_version, digest)"
            " values (%s, %s, sha256(decode(%s, 'hex')))",
            [made and made[0], pepper.version, key.digest(pepper)],
        )
    return {"authorization": f"Bearer {found.token}"}, {"x-api-key": text.reveal()}


def admitted_reads(stack: Stack, found: Crowd, rounds: int) -> None:
    """Compare a read through our function, as a person and as a key, with the same read at PostgREST."""
    person, key = open_doors(stack, found)
    from functions.auth import api_keys, queries  # noqa: PLC0415 - it reads the environment that was just set

    organization = found.organizations[0]
    raw = Raw(found.database.url)
    target = SAME_READ.format(queries.API_KEY, organization)

    def ours(headers: dict[str, str]) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = api_keys.handler(event(organization, headers), CONTEXT)
        if answer["statusCode"] != 200:  # noqa: PLR2004 - OK
            raise RuntimeError(answer["body"])

    both = medians(
        {
            "bare": partial(raw.get, target, found.token),
            "person": partial(ours, person),
            "key": partial(ours, key),
        },
        rounds,
    )
    report("a list of keys: PostgREST, our function for a person", both["bare"], both["person"], "<= 3.5")
    report("the same for an API key", both["bare"], both["key"], "<= 3.5")
    raw.close()


def refusals() -> None:
    """Print what refusing a malformed key costs; no call is made."""
    rounds = 50_000
    started = time.perf_counter()
    for _ in range(rounds):
        with contextlib.suppress(Unauthenticated):
            keys.parse(MALFORMED, "mainstay", live=False)
    print(f"{'refusing a malformed key':58} {(time.perf_counter() - started) / rounds * 1e6:9.1f} µs   <= 20")


def spending(dsn: str, seconds: float, who: Callable[[int, int], str], clients: int = 16) -> float:
    """Return how many requests a second the limiter judges for so many clients at once."""

    def spend(client: int) -> int:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.prepare_threshold = 1
            until, calls = time.perf_counter() + seconds, 0
            while time.perf_counter() < until:
                connection.execute(SPEND, [who(client, calls)])
                calls += 1
            return calls

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(spend, range(clients))) / seconds


def limiter(dsn: str, seconds: float) -> None:
    """Print how fast limits are spent: each caller their own, all one, and one that is used up."""
    many = spending(dsn, seconds, lambda client, calls: f"{client} {calls % 1000}")
    hot = spending(dsn, seconds, lambda _client, _calls: "hot")
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("update private.limits set quantity = 1 where name = 'burst'")
    denied = spending(dsn, seconds, lambda _client, _calls: "denied")
    print(f"limits judged a second by 16 clients: {many:.0f} callers apart, {hot:.0f} on one, {denied:.0f} refused")


def lookups(few: Crowd, many: Crowd, rounds: int) -> None:
    """Compare finding an API key among a thousand and among a million."""

    def find(connection: psycopg.Connection, number: int) -> None:
        presented = f"{number:012x}.1:{'0' * 64}"
        connection.execute("select private.match_api_key(%s) from generate_series(1, 20)", [presented])

    with (
        psycopg.connect(few.database.dsn("supabase_admin"), autocommit=True) as thousand,
        psycopg.connect(many.database.dsn("supabase_admin"), autocommit=True) as million,
    ):
        for each in (thousand, million):
            each.execute(
                "insert into private.api_key_digests (key_id, pepper_version, digest)"
                " select id, 1, sha256('x') from api_keys on conflict do nothing"
            )
            each.execute("analyze")
        numbers = iter(range(1, 10**6, 997))
        both = medians(
            {"few": lambda: find(thousand, 500), "many": lambda: find(million, next(numbers))}, min(rounds, 900)
        )
    report("20 keys found: among 1,000, among 1,000,000", both["few"], both["many"], "<= 1.2")


def main() -> None:
    """Print one line for each claim."""
    parser = argparse.ArgumentParser(prog="python -m bench.admission", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300, help="how many times each request is made (default 300)")
    parser.add_argument("--seconds", type=float, default=3, help="how long the limiter runs each time (default 3)")
    asked = parser.parse_args()
    refusals()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True)
        with stack, crowd(stack, 1000, "few") as few, crowd(stack, 1_000_000, "many") as many:
            admitted_reads(stack, many, asked.rounds)
            lookups(few, many, asked.rounds)
            limiter(few.database.dsn("supabase_admin"), asked.seconds)


if __name__ == "__main__":
    main()
