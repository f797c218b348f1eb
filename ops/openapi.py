"""The OpenAPI document and its page, written from the endpoints and models of the function files.

`write` brings functions/core/openapi.json and docs.html up to date, and `check` fails while they are not.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops.reference.catalogue import listed
from ops.reference.document import document
from ops.reference.page import page

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "functions" / "core"


def as_json(described: dict[str, Any]) -> str:
    """Return the document as it is kept: indented, so that a change reads well."""
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[dict[str, Any]], str]] = {"openapi.json": as_json, "docs.html": page}


def texts() -> dict[str, str]:
    """Return what each file should hold."""
    described = document(listed())
    return {name: make(described) for name, make in FILES.items()}


def outdated(folder: Path = CORE) -> dict[str, str]:
    """Return what should stand in the files that hold something else, by their names."""
    return {name: text for name, text in texts().items() if not _holds(folder / name, text)}


def write(folder: Path = CORE) -> list[str]:
    """Bring the files up to date and return the names of those that were not."""
    changed = outdated(folder)
    for name, text in changed.items():
        (folder / name).write_text(text, "utf-8")
    return list(changed)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def main(arguments: list[str] | None = None, folder: Path = CORE) -> int:
    """Run one command; 1 means that a file is not up to date."""
    parser = argparse.ArgumentParser(prog="python -m ops.openapi", description=__doc__)
    parser.add_argument("command", choices=["write", "check"])
    if parser.parse_args(arguments).command == "write":
        changed = write(folder)
        print(f"wrote {', '.join(changed)}" if changed else "the OpenAPI document is up to date")
        return 0
    stale = outdated(folder)
    for name in stale:
        print(f"functions/core/{name} is not up to date; run `make openapi`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
