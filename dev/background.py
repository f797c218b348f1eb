"""`up`, `down` and `status`: a stack that outlives the command that started it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dev import pids, processes
from dev.children import last_words
from dev.envfile import parse
from dev.folder import Folder
from dev.packages import CHECKOUT
from dev.summary import describe
from dev.trouble import Trouble

PATIENCE = 120.0
PARTS = {"postgres", "postgrest", "gateway", "mailbox"}
MENDED = "Not all of it: `make down` and `make up` start it anew."


@dataclass(frozen=True)
class State:
    """What of a stack is alive."""

    running: bool
    ready: bool
    port: int | None
    parts: dict[str, int]
    started: frozenset[str] = frozenset()

    @property
    def fallen(self) -> list[str]:
        """What should run and does not."""
        return sorted((PARTS | self.started) - self.parts.keys()) if self.ready else []


def state(folder: Folder) -> State:
    """Look at the folder's lock, its mark and its processes."""
    if not folder.root.exists():
        return State(running=False, ready=False, port=None, parts={})
    lock = folder.lock()
    if lock:
        lock.close()
    port = int(folder.ready.read_text("utf-8")) if folder.ready.exists() else None
    running = lock is None
    started = frozenset(note.name for note in pids.read(folder)[1:])
    return State(running, running and port is not None, port, pids.parts(folder), started)


def up(folder: Folder, port: int) -> None:
    """Start a stack in a session of its own, and return when it answers."""
    folder.prepare()
    found = state(folder)
    if found.running:
        place = f", at http://127.0.0.1:{found.port}" if found.ready else ""
        print(f"The stack in {folder.root} is running already{place}." + (f" {MENDED}" if found.fallen else ""))
        if found.ready and found.port != port:
            print(f"To move it to {port}: make down, then start it again.")
        return
    folder.ready.unlink(missing_ok=True)  # of a start that was killed
    log = folder.log("stack")
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        args = [sys.executable, "-m", "dev", "run", "--folder", str(folder.root), "--port", str(port)]
        starter = subprocess.Popen(
            args, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _follow(starter, folder, log)
    print(describe(parse(folder.env.read_text("utf-8")), folder.root))
    print("It runs in the background: make status, make logs, make down.")


def _follow(starter: subprocess.Popen[bytes], folder: Folder, log: Path) -> None:
    """Repeat its progress until it is ready or has given up."""
    deadline = time.monotonic() + PATIENCE
    with log.open(encoding="utf-8") as lines:
        while not folder.ready.exists():
            if starter.poll() is not None:
                raise Trouble(_reason(log))
            if time.monotonic() > deadline:
                raise Trouble(f"The stack is not ready after {PATIENCE:.0f} s: {last_words(log)} (its log: {log})")
            _repeat(lines)
            time.sleep(0.05)
        _repeat(lines)


def _reason(log: Path) -> str:
    """Return why it gave up: all that it said from there on."""
    _, found, said = log.read_text("utf-8", "replace").partition("\nmainstay: ")
    return said.strip() if found else last_words(log).removeprefix("mainstay: ")


def _repeat(lines: IO[str]) -> None:
    """Print what is new of the steps, which are indented; the summary, which begins with a blank line, comes later."""
    for line in lines:
        if not line.strip():
            return
        if line.startswith("  "):
            print(line, end="", flush=True)


def down(folder: Folder) -> None:
    """Ask the stack to stop and wait; end leftovers of one that could not."""
    if not folder.root.exists():
        print("Nothing is running.")
        return
    starter = pids.starter(folder)
    if starter and state(folder).running and processes.find(starter):
        os.kill(starter, signal.SIGTERM)
        _wait_until_free(folder)
        print("Stopped.")
    elif left := pids.end_leftovers(folder):
        print(f"Stopped what was left behind: {', '.join(left)}.")
    else:
        print("Nothing is running.")


def _wait_until_free(folder: Folder) -> None:
    deadline = time.monotonic() + 30
    while state(folder).running:
        if time.monotonic() > deadline:
            raise Trouble("The stack does not stop: run `make down` again.")
        time.sleep(0.05)
