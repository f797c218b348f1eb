"""What each handler costs to import, against importing the SDK that a handler usually begins with.

Every import runs in a fresh interpreter with bytecode on disk, turn about, so that a busy machine slows all alike.
"""

import argparse
import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USUAL = "import pydantic, mangum, supabase"


def handlers() -> list[str]:
    """Return the modules under functions/ that are handlers."""
    paths = sorted(ROOT.glob("functions/*/*.py"))
    return [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in paths if "\nhandler = " in p.read_text()]


def seconds_of(statement: str) -> float:
    """Return how long a fresh interpreter takes to run a statement and end."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], cwd=ROOT, check=True)
    return time.perf_counter() - started


def measure(rounds: int) -> dict[str, float]:
    """Return the median of each import, less the bare interpreter, in seconds."""
    statements = {"bare": "pass", "usual": USUAL} | {name: f"import {name}" for name in handlers()}
    taken: dict[str, list[float]] = {name: [] for name in statements}
    for turn in range(rounds + 1):
        for name, statement in statements.items():
            seconds = seconds_of(statement)
            if turn:  # the first turn writes bytecode and fills the page cache
                taken[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return {name: seconds - medians["bare"] for name, seconds in medians.items() if name != "bare"}


def main() -> None:
    """Print one line for each handler."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how many times each import is measured (default 9)")
    rounds = max(1, parser.parse_args().rounds)
    for folder in ("shared", "functions"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    medians = measure(rounds)
    usual = medians.pop("usual")
    print(f"{'the usual way':28} {usual * 1000:6.0f} ms   1.00   ({USUAL})")
    for name, seconds in medians.items():
        print(f"{name:28} {seconds * 1000:6.0f} ms   {seconds / usual:.2f}")


if __name__ == "__main__":
    main()
