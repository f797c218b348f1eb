"""The file of process numbers: how the next start finds what an earlier one could not stop itself."""

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from dev import processes
from dev.folder import Folder

PATIENCE = 5.0
# uvicorn's worker outlives a killed uvicorn, holds its port, and goes by this name.
WORKER = "multiprocessing."


@dataclass(frozen=True)
class Note:
    """A part's process group, a word of its command line, and the signal that ends it."""

    name: str
    pid: int
    word: str = ""
    signal: int = int(signal.SIGTERM)

    def members(self) -> list[processes.Process]:
        """Return its living processes. Numbers are given out again, so one must bear the noted word."""
        living = [process for process in processes.table() if process.group == self.pid and not process.zombie]
        fits = any(word in process.command for process in living for word in (self.word, WORKER))
        return living if fits else []


def write(folder: Folder, notes: Sequence[Note]) -> None:
    """Write down what runs; the first note is the process that started the others."""
    folder.write(folder.pids, json.dumps([asdict(note) for note in notes]))


def read(folder: Folder) -> list[Note]:
    """Return what was written down last, or nothing."""
    try:
        return [Note(**fields) for fields in json.loads(folder.pids.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def starter(folder: Folder) -> int | None:
    """Return the process that started what runs in this folder."""
    notes = read(folder)
    return notes[0].pid if notes else None


def parts(folder: Folder) -> dict[str, int]:
    """Return the parts that are alive, with their process numbers."""
    return {note.name: note.pid for note in read(folder)[1:] if note.members()}


def end_leftovers(folder: Folder) -> list[str]:
    """End what outlived its starter (kill -9, a closed machine), and return the names."""
    found = {note: {process.pid for process in note.members()} for note in read(folder)[1:]}
    ended = [note for note, members in found.items() if members]
    numbers = set().union(*found.values())
    for note in ended:
        end_group(note.pid, signal.Signals(note.signal))
    deadline = time.monotonic() + PATIENCE
    while (left := _alive(numbers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for number in left:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    folder.pids.unlink(missing_ok=True)
    return [note.name for note in ended]


def _alive(numbers: set[int]) -> set[int]:
    """Go by number: a process that is ending has lost its command line while it still holds its port."""
    return {process.pid for process in processes.table() if process.pid in numbers and not process.zombie}


def end_group(group: int, how: signal.Signals) -> None:
    """Signal a process and all it has started; one that is gone is no trouble."""
    with suppress(ProcessLookupError):
        os.killpg(group, how)
