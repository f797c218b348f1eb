"""The database under Supabase's advisors and pgrls, on a private stack. Each must also find a planted fault."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dev import packages, ports, surroundings
from dev.database import Database
from dev.stack import Stack

# An index of a database in which nothing has happened yet has never been used.
EXPECTED = {"unused_index"}
PLANTED = """
create table public.planted (id int, owner uuid references auth.users);
grant select on public.planted to anon, authenticated;
create view public.planted_people as select id, email from auth.users;
grant select on public.planted_people to anon;
"""


def advisors(stack: Stack, database: Database) -> list[str]:
    """Return what Supabase's advisors find at every level."""
    address = f"postgresql://postgres@127.0.0.1:{stack.ports.postgres}/{database.name}?sslmode=disable"
    ran = subprocess.run(
        [
            *(str(packages.supabase_cli()), "db", "advisors", "--db-url", address),
            *("--type", "all", "--level", "info", "--output-format", "json"),
        ],
        cwd=packages.CHECKOUT,
        env=surroundings.clean(
            PGPASSWORD=stack.keyring.passwords["postgres"],
            SUPABASE_HOME=str(stack.folder.root / "supabase"),
            DO_NOT_TRACK="1",
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ran.stdout[ran.stdout.index("{") :])["results"]
    return [f"advisors: {each['name']}: {each['detail']}" for each in found if each["name"] not in EXPECTED]


def pgrls(_: Stack, database: Database) -> list[str]:
    """Return what pgrls finds at every level, less what pgrls.toml allows with a reason."""
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "pgrls"), "lint", "--fail-on", "info", "--format", "json"],
        cwd=packages.CHECKOUT,
        env={**os.environ, "DATABASE_URL": database.dsn()},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode and not ran.stdout.strip():
        raise SystemExit(f"pgrls failed: {ran.stderr.strip()}")
    return [f"pgrls: {each['rule_id']}: {each['location']}" for each in json.loads(ran.stdout)["violations"]]


LINTERS: tuple[Callable[[Stack, Database], list[str]], ...] = (advisors, pgrls)


def main() -> int:
    """Print every finding; 1 if there is one, or if a linter does not see what was planted."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True)
        with stack, stack.database("clean") as clean, stack.database("faulty", prepare=PLANTED) as faulty:
            problems = [problem for linter in LINTERS for problem in linter(stack, clean)]
            blind = [
                linter.__name__ for linter in LINTERS if not any("planted" in each for each in linter(stack, faulty))
            ]
    problems += [f"{name} is blind: it does not see a table without row level security" for name in blind]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
