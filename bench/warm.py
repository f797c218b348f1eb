"""What a warm request costs without the network, against the same endpoint the usual way: FastAPI, Mangum, supabase-py.

Each way is a process of its own that is handed Lambda events and whose calls are answered at once, so what is left is
credentials, calls built and answers read, validation, envelope, headers, log line. They run turn about in blocks, so
that a busy machine slows all alike. No number is printed unless all answer alike.

FastAPI calls plain functions in threads, as https://fastapi.tiangolo.com/async/ says one should write them for a client
that blocks; that is the usual way. A second line leaves those threads out, as coroutines that block would.
"""

import argparse
import json
import statistics
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from bench.cold_start import environment
from bench.lambda_process import INSTALLED, ROOT
from bench.runtime_api import Failed
from bench.subjects import SUBJECTS, Subject

REACH = "<= 0.5, <= 400 µs"
# Drawn at random by either way; what both begin with is not.
DRAWN = "key"
BEGINNING = len("mainstay_sk_test_")


class Way:
    """One handler in its own process, for as long as the block lasts."""

    def __init__(self, handler: str, subject: Subject, *, threads: bool = True) -> None:
        """Start it and hand over the event."""
        self.handler, self.status = handler, subject.status
        side = "usual" if handler.startswith("bench.") else "ours"
        self._process = subprocess.Popen(
            [str(INSTALLED / side / "bin" / "python"), "-m", "bench.warm_process"],
            cwd=ROOT,
            env=environment("https://project.example.com"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ask({"handler": handler, "event": subject.event(), "answers": subject.answers(), "threads": threads})

    def block(self, requests: int) -> tuple[float, dict[str, Any]]:
        """Return the median seconds of so many requests and the data of the last answer; raises Failed."""
        self._ask(requests)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise Failed(f"{self.handler} ended")
        told = json.loads(line)
        if told["answer"]["statusCode"] != self.status:
            raise Failed(f"{self.handler} answered {told['answer']['statusCode']}: {told['answer']['body']}")
        return statistics.median(told["seconds"]), said(told["answer"])

    def _ask(self, question: object) -> None:
        if self._process.stdin:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the data of an answer, of a key that was drawn only how it begins."""
    data: dict[str, Any] = json.loads(answer["body"])["data"]
    return data | ({DRAWN: data[DRAWN][:BEGINNING]} if DRAWN in data else {})


def measure(subject: Subject, blocks: int, requests: int) -> list[float]:
    """Return the median seconds of the usual way, of it without threads, and of ours; the first blocks only warm."""
    with (
        Way(subject.usual, subject) as usual,
        Way(subject.usual, subject, threads=False) as unthreaded,
        Way(subject.ours, subject) as ours,
    ):
        # The first answers are looked at before hundreds follow.
        turns = [[way.block(1) for way in (usual, unthreaded, ours)]]
        turns += [[way.block(requests) for way in (usual, unthreaded, ours)] for _ in range(blocks + 1)]
    for (_, expected), *others in turns:
        for _, found in others:
            if found != expected:
                raise Failed(f"{subject.usual} said {expected}\n{subject.ours} said {found}")
    return [statistics.median(seconds for seconds, _ in taken) for taken in zip(*turns[2:], strict=True)]


def show(subject: Subject, usual: float, unthreaded: float, ours: float) -> None:
    """Print both lines: the usual way, ours, their ratio, and what it should reach."""
    print(line(f"{subject.what}, without the network: usual way, ours", usual, ours) + f"   {REACH}")
    print(line("  the same without FastAPI's threads", unthreaded, ours))


def line(what: str, usual: float, ours: float) -> str:
    """Return one comparison."""
    return f"{what:58} {usual * 1e6:9.0f} µs {ours * 1e6:9.0f} µs   {ours / usual:6.2f}"


def main() -> None:
    """Print one line for each request, or say why there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.warm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blocks", type=int, default=9, help="how many times each way has its turn (default 9)")
    parser.add_argument("--requests", type=int, default=300, help="how many requests make a turn (default 300)")
    asked = parser.parse_args()
    if not all((INSTALLED / side).is_dir() for side in ("ours", "usual")):
        sys.exit("bench: build/bench is not installed; `make bench` does it")
    try:
        for subject in SUBJECTS:
            show(subject, *measure(subject, max(1, asked.blocks), max(1, asked.requests)))
    except Failed as failure:
        sys.exit(f"bench: {failure}")


if __name__ == "__main__":
    main()
