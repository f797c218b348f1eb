"""What can be asked of the stack from a terminal."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dev import background, cluster, foreground, migrations, packages
from dev.envfile import parse
from dev.folder import Folder
from dev.ports import parse as parse_port
from dev.stack import Stack
from dev.trouble import Trouble


def run(wanted: argparse.Namespace) -> None:
    """Run the stack in the foreground."""
    foreground.run(Stack(wanted.folder, parse_port(wanted.port).gateway))


def up(wanted: argparse.Namespace) -> None:
    """Run the stack in the background."""
    background.up(Folder(wanted.folder.absolute()), parse_port(wanted.port).gateway)


def down(wanted: argparse.Namespace) -> None:
    """Stop it."""
    background.down(Folder(wanted.folder.absolute()))


def status(wanted: argparse.Namespace) -> None:
    """Say what runs; raises Trouble when a part has stopped by itself."""
    found = background.state(Folder(wanted.folder.absolute()))
    if wanted.json:
        ready = found.ready and not found.fallen
        print(json.dumps({"ready": ready, "port": found.port, "parts": found.parts}))
    else:
        word = "not whole" if found.fallen else "ready" if found.ready else "starting or stopping"
        word = word if found.running else "stopped"
        print(f"{word}: http://127.0.0.1:{found.port}" if found.ready else word)
        for name, pid in found.parts.items():
            print(f"  {name:<20} process {pid}")
    if found.fallen:
        raise Trouble(f"Stopped by itself: {', '.join(found.fallen)}. {background.MENDED}")


def logs(wanted: argparse.Namespace) -> None:
    """Show the last lines of all logs, or follow one."""
    folder = Folder(wanted.folder.absolute())
    if wanted.part:
        path = folder.log(wanted.part)
        if not path.exists():
            known = ", ".join(sorted(each.stem for each in folder.log("x").parent.glob("*.log")))
            raise Trouble(f"There is no log of {wanted.part}; there is: {known or 'none yet'}.")
        os.execvp("tail", ["tail", "-n", str(wanted.lines), "-F", str(path)])  # noqa: S606, S607 - becomes tail
    for path in sorted(folder.log("x").parent.glob("*.log")):
        lines = path.read_text("utf-8", "replace").splitlines()[-wanted.lines :]
        print("\n".join([f"--- {path.stem}", *lines, ""]))


def psql(wanted: argparse.Namespace) -> None:
    """Open psql as `postgres`, with the password in the environment and not in `ps`."""
    address = urlsplit(_environment(wanted.folder)["DATABASE_URL"])
    if not background.state(Folder(wanted.folder.absolute())).running:
        raise Trouble("The stack is not running: start it with `make up`.")
    where = f"postgresql://{address.username}@{address.hostname}:{address.port}{address.path}"
    env = {**os.environ, "PGPASSWORD": unquote(address.password or "")}
    sys.exit(subprocess.run([str(packages.psql()), where, *wanted.arguments], env=env, check=False).returncode)


def env(wanted: argparse.Namespace) -> None:
    """Print addresses and keys in shell syntax."""
    _environment(wanted.folder)
    print(Folder(wanted.folder).env.read_text("utf-8"), end="")


def reset(wanted: argparse.Namespace) -> None:
    """Delete this folder's data after asking; keys stay."""
    folder = Folder(wanted.folder.absolute())
    if not wanted.yes:
        try:
            answer = input(f"Delete all data of the stack in {folder.root}? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in {"y", "yes"}:
            raise Trouble("Nothing was deleted.")
    background.down(folder)
    for mark in (folder.made, folder.seeded, folder.warned, folder.applied):
        mark.unlink(missing_ok=True)
    for place in cluster.places(folder):
        cluster.delete(place)
    print("The data is gone; the next start begins anew.")


def migrate(wanted: argparse.Namespace) -> None:
    """Apply the migrations to the database that DATABASE_URL names."""
    address = os.environ.get("DATABASE_URL", "").strip()
    if not address:
        raise Trouble("Name the database: DATABASE_URL=postgresql://… make migrate")
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname:
        raise Trouble("DATABASE_URL must look like postgresql://user:password@host:port/database")
    login, _, host = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=f"{login.split(':', 1)[0]}@{host}").geturl()
    password = unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD", "")
    print(migrations.push(bare, password, Folder(wanted.folder.absolute()).root / "supabase"))


def _environment(path: Path) -> dict[str, str]:
    file = Folder(path).env
    if not file.exists():
        raise Trouble("There is no stack here yet: start one with `make dev`.")
    return parse(file.read_text("utf-8"))
