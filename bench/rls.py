"""What row level security costs: the same reads with it and without, in SQL and through PostgREST."""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import httpx
import psycopg

from bench.crowd import Crowd, become, crowd
from bench.turns import medians, report
from dev import ports
from dev.stack import Stack

LIST = "select id, name from api_keys {where} order by created_at desc, id desc limit 20"
COUNT = "select count(*) from api_keys {where}"
POINT = "select id, name from api_keys {where} {and_} id = %(point)s"


def in_sql(found: Crowd, rounds: int) -> None:
    """Compare each query under the policy with the same one written by hand, as the owner."""
    with psycopg.connect(found.database.dsn("authenticator")) as person, psycopg.connect(found.database.dsn()) as owner:
        become(person, found.claims)
        row = person.execute("select id from api_keys limit 1").fetchone()
        values = {"point": row and row[0], "orgs": found.organizations}
        hand = "where org_id = any(%(orgs)s)"
        for name, text, reach in (
            ("list of 20", LIST, "+0.25 ms"),
            ("count", COUNT, "<= 1.3"),
            ("point", POINT, "+0.25 ms"),
        ):
            policy = text.format(where="", and_="where")
            written = text.format(where=hand, and_="and")
            both = medians(
                {
                    "policy": partial(person.execute, policy.encode(), values, prepare=True),
                    "hand": partial(owner.execute, written.encode(), values, prepare=True),
                },
                rounds,
            )
            report(f"SQL, {name}: by hand, with the policy", both["hand"], both["policy"], reach)


def through_postgrest(found: Crowd, rounds: int) -> None:
    """Compare the same requests with the policy and, as an operator who bypasses it, with the filter written out."""
    orgs = f"org_id=in.({','.join(map(str, found.organizations))})"
    with httpx.Client(base_url=found.database.url) as client:
        person = {"Authorization": f"Bearer {found.token}"}
        operator = {"Authorization": f"Bearer {found.operator}"}
        one = client.get("/api_keys?select=id&limit=1", headers=person).json()[0]["id"]
        reads = {
            "list of 20": ("select=id,name&order=created_at.desc,id.desc&limit=20", {}),
            "count": ("select=id&limit=1", {"Prefer": "count=exact"}),
            "point": (f"select=id,name&id=eq.{one}", {}),
        }
        for name, (query, headers) in reads.items():
            both = medians(
                {
                    "policy": partial(client.get, f"/api_keys?{query}", headers=person | headers),
                    "bypass": partial(client.get, f"/api_keys?{query}&{orgs}", headers=operator | headers),
                },
                rounds,
            )
            report(f"PostgREST, {name}: bypassed, with the policy", both["bypass"], both["policy"], "<= 1.3")


def main() -> None:
    """Print one line for each read."""
    parser = argparse.ArgumentParser(prog="python -m bench.rls", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many rows the table has (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=101, help="how many times each read is measured (default 101)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True)
        with stack, crowd(stack, arguments.rows) as found:
            print(f"{arguments.rows:,} rows, 1,000 organizations, a caller in {len(found.organizations)} of them")
            in_sql(found, arguments.rounds)
            through_postgrest(found, arguments.rounds)


if __name__ == "__main__":
    main()
