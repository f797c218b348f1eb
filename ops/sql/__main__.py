"""The operators' SQL: `python -m ops.sql` lists it, `python -m ops.sql revoke_key key=…` runs one statement.

Each runs in a transaction against DATABASE_URL; those that write ask first, and can be tried with --dry-run.
"""

import argparse
import os
import re
import sys

import psycopg

from ops.sql.statement import Statement, Unusable, find, statements
from ops.sql.table import table

# Waits for nobody's lock for long, and leaves a slow question to somebody who has time.
BOUNDS = (
    b"set local lock_timeout = '3s'; set local statement_timeout = '5min';"
    b" set local idle_in_transaction_session_timeout = '1min'"
)
READ_ONLY = b"set transaction read only"
# Of a whole API key only what lists and logs show as well.
SECRET = re.compile(r"(?<=_)([0-9A-Za-z]{12})[0-9A-Za-z]{38}")
KEPT = r"\1…"


def run(
    connection: psycopg.Connection, statement: Statement, values: dict[str, str | None], *, keep: bool = True
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Run a statement in a transaction of its own; return its columns and rows.

    Raises Unusable where it needs what is not there, or where it was to write and found nothing to write to.
    """
    with connection.transaction(force_rollback=not keep):
        connection.execute(BOUNDS if statement.writes else BOUNDS + b"; " + READ_ONLY)
        if statement.needs and connection.execute("select to_regclass(%s)", [statement.needs]).fetchone() == (None,):
            raise Unusable(f"{statement.needs} is not there, which {statement.name} reads.")
        cursor = connection.execute(statement.text.encode(), values)
        rows = cursor.fetchall()
        if statement.writes and not rows:
            raise Unusable("There is nothing that this fits: nothing was changed.")
        return [column.name for column in cursor.description or []], rows


def confirm(statement: Statement, values: dict[str, str | None]) -> None:
    """Ask the person at the terminal; raises Unusable unless they say yes."""
    told = ", ".join(f"{name}={SECRET.sub(KEPT, value)}" for name, value in values.items() if value is not None)
    try:
        answer = input(f"{statement.says}\n  {told}\nGo on? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise Unusable("Nothing was changed.")


def listing() -> str:
    """Return every statement with what it does; * marks those that write."""
    known = statements()
    width = max(map(len, known))
    lines = [f"  {'*' if each.writes else ' '} {name:<{width}}  {each.says}" for name, each in known.items()]
    return "\n".join([*lines, "", "  * writes. Parameters: python -m ops.sql <name> --help"])


def execute(wanted: argparse.Namespace) -> str:
    """Do what was asked, and return what to print."""
    if wanted.name is None:
        return listing()
    statement = find(wanted.name)
    if wanted.help:
        return statement.usage()
    values = statement.values(wanted.given)
    address = os.environ.get("DATABASE_URL", "").strip()
    if not address:
        raise Unusable("Set DATABASE_URL to the project's database, as the role postgres.")
    if statement.writes and not (wanted.yes or wanted.dry_run):
        confirm(statement, values)
    with psycopg.connect(address, autocommit=True, application_name=f"ops.sql {statement.name}") as connection:
        columns, rows = run(connection, statement, values, keep=not wanted.dry_run)
    return table(columns, rows) + ("\nOnly tried: nothing was kept." if wanted.dry_run and statement.writes else "")


def main() -> int:
    """Run the command; 1 when it could not be done, with one sentence."""
    parser = argparse.ArgumentParser(prog="python -m ops.sql", description=__doc__, add_help=False)
    parser.add_argument("name", nargs="?", help="which statement; without one, all are listed")
    parser.add_argument("given", nargs="*", metavar="parameter=value", help="what it is told")
    parser.add_argument("--help", "-h", action="store_true", help="show what a statement takes")
    parser.add_argument("--yes", action="store_true", help="do not ask before it writes")
    parser.add_argument("--dry-run", action="store_true", help="run it, show its rows, and keep nothing")
    wanted = parser.parse_intermixed_args()
    if wanted.help and wanted.name is None:
        parser.print_help()
        return 0
    try:
        print(execute(wanted))
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    except psycopg.Error as refused:
        print(f"{wanted.name} failed: {refused.diag.message_primary or refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
