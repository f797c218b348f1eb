"""An operator at a terminal, who runs the operators' SQL against the run's stack."""

import subprocess
import sys
from pathlib import Path

from dev.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


def operate(stack: Stack | None, *arguments: str, says: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python -m ops.sql` with a database, or without one."""
    return subprocess.run(
        [sys.executable, "-m", "ops.sql", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"} | ({"DATABASE_URL": stack.database_url()} if stack else {}),
        input=says,
        capture_output=True,
        text=True,
        check=False,
    )


def rows(shown: str) -> list[dict[str, str]]:
    """Read a table as it is shown, by its columns' names."""
    head, rule, *lines = shown.splitlines()
    starts = [0, *(place + 2 for place in range(len(rule)) if rule[place : place + 2] == "  ")]
    ends = [*(start - 2 for start in starts[1:]), None]
    return [
        {head[start:end].strip(): line[start:end].strip() for start, end in zip(starts, ends, strict=True)}
        for line in lines
        if not line.startswith("(")
    ]
