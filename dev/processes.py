"""The machine's process table, from /proc where there is one: slim containers have no `ps`."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One line of the table. A zombie has ended already; only its parent has not noticed."""

    pid: int
    group: int
    zombie: bool
    command: str


def table() -> list[Process]:
    """Return every process that can be seen."""
    if (PROC / "self" / "stat").exists():
        return [found for path in PROC.iterdir() if path.name.isdigit() and (found := _from_proc(path))]
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,pgid=,stat=,command="],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=True,
    )
    return [_from_ps(line) for line in listing.stdout.splitlines()]


def find(pid: int) -> Process | None:
    """Return the living process with this number."""
    return next((process for process in table() if process.pid == pid and not process.zombie), None)


def _from_proc(path: Path) -> Process | None:
    try:
        stat = (path / "stat").read_text("utf-8", "replace")
        command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return None
    # The name stands in parentheses and may hold any character, so the fields are counted from the last one.
    state, _, group = stat.rpartition(")")[2].split()[:3]
    return Process(int(path.name), int(group), state in "ZX", command.strip())


def _from_ps(line: str) -> Process:
    pid, group, state, command = line.split(maxsplit=3)
    return Process(int(pid), int(group), state.startswith("Z"), command)
