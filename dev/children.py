"""The processes of one stack: started in groups of their own, watched, and stopped together."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dev import pids
from dev.folder import Folder
from dev.osuser import OsUser
from dev.trouble import Trouble

PATIENCE = 5.0


@dataclass(frozen=True)
class Child:
    """One running part."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop: signal.Signals

    def require_alive(self) -> None:
        """Raise with the last thing it said, so that nothing else is taken for it."""
        if self.process.poll() is not None:
            raise Trouble(f"{self.name} stopped by itself: {last_words(self.log)} (its log: {self.log})")


class Children:
    """What this process has started. The file of process numbers is there for when it cannot stop them itself."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.running: list[Child] = []
        self.notes = [pids.Note("stack", os.getpid())]

    def start(  # noqa: PLR0913 - what a process is started with
        self,
        name: str,
        args: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        word: str,
        user: OsUser | None = None,
        stop: signal.Signals = signal.SIGTERM,
        says: str | None = None,
        cwd: Path | str = "/",
    ) -> Child:
        """Start a part; `word` stands in its command line, `says` is handed to its standard input."""
        log = self._begin_log(name)
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(
                    [str(arg) for arg in args],
                    stdin=subprocess.DEVNULL if says is None else subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    env=dict(env),
                    cwd=cwd,
                    user=user.user if user else None,
                    group=user.group if user else None,
                    extra_groups=user.extra_groups if user else None,
                    umask=0o077,
                    process_group=0,
                )
        except FileNotFoundError:
            raise Trouble(f"{args[0]} was not found: install it, or put it on PATH.") from None
        child = self._keep(Child(name, process, log, stop), word)
        if process.stdin and says is not None:
            with suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(says.encode())
        return child

    def _begin_log(self, name: str) -> Path:
        """Keep one earlier log, so that what is said now is of this start."""
        log = self.folder.log(name)
        if log.exists():
            log.replace(f"{log}.1")
        log.touch(0o600)
        return log

    def _keep(self, child: Child, word: str) -> Child:
        self.running.append(child)
        self.notes.append(pids.Note(child.name, child.process.pid, word, int(child.stop)))
        pids.write(self.folder, self.notes)
        return child

    def stop(self, child: Child) -> None:
        """End one part and whatever it has started."""
        pids.end_group(child.process.pid, child.stop)
        wait(child)
        self.running.remove(child)
        self.notes = [note for note in self.notes if note.pid != child.process.pid]
        pids.write(self.folder, self.notes)

    def stop_all(self) -> None:
        """End everything, all at once but the database: that one last, so that nobody complains of its absence."""
        last = [child for child in self.running if child.name == "postgres"]
        first = [child for child in self.running if child not in last]
        for children in (first, last):
            for child in children:
                pids.end_group(child.process.pid, child.stop)
            for child in children:
                wait(child)
        self.running.clear()
        self.folder.pids.unlink(missing_ok=True)


def wait(child: Child) -> None:
    """Wait until it has ended, and insist after a while."""
    try:
        child.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        pids.end_group(child.process.pid, signal.SIGKILL)
        child.process.wait()


def last_words(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = log.read_text("utf-8", "replace").splitlines()[-40:] if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
