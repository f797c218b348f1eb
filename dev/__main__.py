"""python -m dev <command>: the embedded Supabase stack from a terminal."""

import argparse
import os
import sys
from pathlib import Path

from dev import commands
from dev.packages import CHECKOUT
from dev.ports import DEFAULT
from dev.trouble import Trouble


def parser() -> argparse.ArgumentParser:
    """Describe every command."""
    whole = argparse.ArgumentParser(prog="python -m dev", description="The embedded Supabase stack: no Docker.")
    each = whole.add_subparsers(metavar="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--folder", type=Path, default=CHECKOUT / ".local", help="where its data lies (.local)")
    moved = argparse.ArgumentParser(add_help=False, parents=[common])
    port = os.environ.get("MAINSTAY_PORT") or str(DEFAULT)
    moved.add_argument("--port", default=port, help="the first of its ports (MAINSTAY_PORT, 54321)")
    for name, parents in {
        "run": moved,
        "up": moved,
        "down": common,
        "status": common,
        "logs": common,
        "psql": common,
        "env": common,
        "reset": common,
        "migrate": common,
    }.items():
        action = getattr(commands, name)
        command = each.add_parser(name, help=action.__doc__, description=action.__doc__, parents=[parents])
        command.set_defaults(action=action)
        _add_options(name, command)
    return whole


def _add_options(name: str, command: argparse.ArgumentParser) -> None:
    if name == "status":
        command.add_argument("--json", action="store_true", help="for programs")
    if name == "reset":
        command.add_argument("--yes", action="store_true", help="do not ask")
    if name == "psql":
        command.epilog = "Further arguments are handed to psql."
    if name == "logs":
        command.add_argument("part", nargs="?", help="follow one part's log: postgres, gateway, functions-auth, …")
        command.add_argument("--lines", type=int, default=15, help="how many of the last lines (15)")


def main() -> int:
    """Run a command; what stops it is one sentence and exit code 1."""
    whole = parser()
    wanted, further = whole.parse_known_args()
    wanted.arguments = further
    if wanted.arguments and wanted.action is not commands.psql:
        whole.error(f"unrecognized arguments: {' '.join(wanted.arguments)}")
    try:
        wanted.action(wanted)
    except Trouble as trouble:
        print(f"mainstay: {trouble}", file=sys.stderr)
        return 1
    except PermissionError as refused:
        print(f"mainstay: {refused.filename} is not yours: sudo chown -R {os.geteuid()} it.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
