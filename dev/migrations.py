"""Our migrations, run by the Supabase CLI so that the ledger is the one that hosted projects use."""

import hashlib
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from dev import packages, surroundings
from dev.folder import Folder
from dev.project import SUPABASE
from dev.trouble import Trouble

# Postgres only warns when a grant does nothing, and the CLI keeps that to itself: the server's log tells.
EMPTY_GRANT = "no privileges were granted"
# The CLI takes whatever it cannot reach for a hosted project.
ADVICE = ("Make sure your local IP is allowed in Network Restrictions", "https://supabase.com/dashboard/")
HOSTED = (".supabase.co", ".supabase.com")
LEDGER = "select version from supabase_migrations.schema_migrations"


NAME = re.compile(r"\d{14}_[a-z]+_[a-z0-9_]+\.sql")


def named() -> dict[str, Path]:
    """Return every migration by its version. The CLI passes over a file with another name without a word."""
    files = sorted((SUPABASE / "migrations").glob("*.sql"))
    if odd := [file.name for file in files if not NAME.fullmatch(file.name)]:
        raise Trouble(f"{odd[0]} would not be applied: name it <timestamp of 14 digits>_<module>_<what>.sql.")
    return {file.name.split("_")[0]: file for file in files}


def pending(dsn: str) -> list[Path]:
    """Return the files that the database has not seen. The CLI costs half a second, so it is only asked if needed."""
    files = named()
    try:
        with psycopg.connect(dsn) as connection:
            seen = {row[0] for row in connection.execute(LEDGER)}
    except psycopg.errors.UndefinedTable:
        seen = set()
    if unknown := sorted(seen - files.keys()):
        raise Trouble(
            f"This database has migration {unknown[-1]}, which this checkout lacks: go back to where it is, or start"
            " afresh with `make reset`."
        )
    return [file for version, file in files.items() if version not in seen]


def push(address: str, password: str, home: Path, *options: str) -> str:
    """Apply what is pending and return what the CLI says; the password stands in no argument."""
    ran = subprocess.run(
        [str(packages.supabase_cli()), "db", "push", "--db-url", address, "--yes", *options],
        cwd=packages.CHECKOUT,
        env=surroundings.clean(
            PGPASSWORD=password, SUPABASE_HOME=str(home), DO_NOT_TRACK="1", SUPABASE_TELEMETRY_DISABLED="1"
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = f"{ran.stdout}\n{ran.stderr}".strip()
    if ran.returncode:
        raise Trouble(f"The migrations failed:\n{_told(output, urlsplit(address).hostname or '')}")
    return output


def _told(output: str, host: str) -> str:
    """Return what the CLI says, without its advice for a hosted project where the database is none."""
    if host.endswith(HOSTED):
        return output
    return "\n".join(line for line in output.splitlines() if not line.startswith(ADVICE))


def push_here(folder: Folder, dsn: str, address: str, password: str) -> int:
    """Apply what is pending on the stack's own database, and return how many files that were."""
    if folder.warned.exists():
        raise Trouble(folder.warned.read_text("utf-8"))
    require_unchanged(folder)
    waiting = pending(dsn)
    if not waiting:
        return 0
    log = folder.log("postgres")
    before = log.stat().st_size
    # A file that came with another branch may be older than those that were applied.
    push(address, password, folder.root / "supabase", "--include-all")
    with log.open("rb") as file:
        file.seek(before)
        said = file.read().decode("utf-8", "replace")
    if EMPTY_GRANT in said:
        line = next(line for line in said.splitlines() if EMPTY_GRANT in line)
        sentence = f"A migration granted nothing, mend it and run `make reset`: {line}"
        folder.write(folder.warned, sentence)
        raise Trouble(sentence)
    folder.write(folder.applied, json.dumps({version: _digest(file) for version, file in named().items()}, indent=2))
    return len(waiting)


def require_unchanged(folder: Folder) -> None:
    """Refuse an applied file that was edited since: neither the CLI nor the ledger would notice."""
    applied = json.loads(folder.applied.read_text("utf-8")) if folder.applied.exists() else {}
    for version, file in named().items():
        if applied.get(version, _digest(file)) != _digest(file):
            raise Trouble(
                f"{file.name} was edited after it was applied here: put it back and write the next one, or start afresh"
                " with `make reset`."
            )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
