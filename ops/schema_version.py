"""The newest migration's version, written into the code so that a deployment can tell whether its database has it.

`write` brings functions/core/schema_version.py up to date, and `check` fails while it is not.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "supabase" / "migrations"
FILE = ROOT / "functions" / "core" / "schema_version.py"
LINE = re.compile(r'^NEWEST = "\d*"$', re.MULTILINE)


def newest(migrations: Path = MIGRATIONS) -> str:
    """Return the version of the last migration."""
    return max(path.name[:14] for path in migrations.glob("*.sql"))


def due(file: Path = FILE, migrations: Path = MIGRATIONS) -> str:
    """Return the text that the file should have."""
    return LINE.sub(f'NEWEST = "{newest(migrations)}"', file.read_text("utf-8"))


def main(arguments: list[str] | None = None, file: Path = FILE, migrations: Path = MIGRATIONS) -> int:
    """Run one command; 1 means that the file is not up to date."""
    parser = argparse.ArgumentParser(prog="python -m ops.schema_version", description=__doc__)
    parser.add_argument("command", choices=["write", "check"])
    text = due(file, migrations)
    if parser.parse_args(arguments).command == "write":
        file.write_text(text, "utf-8")
        print(f"the newest migration is {newest(migrations)}")
        return 0
    if file.read_text("utf-8") == text:
        return 0
    print(f"{file.name} does not name the newest migration; run `python -m ops.schema_version write`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
