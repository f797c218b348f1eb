"""Things measured turn about, so that a busy machine slows all alike; what counts is their ratio."""

import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def medians(works: Mapping[str, Work], rounds: int, warm: int = 3) -> dict[str, float]:
    """Return the median seconds of each work over so many rounds, in each of which every work has its turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + warm):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            seconds = time.perf_counter() - started
            if turn >= warm:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def report(what: str, usual: float, ours: float, reach: str) -> None:
    """Print one line: the base, ours, and their ratio beside what it should reach."""
    print(f"{what:58} {usual * 1000:9.2f} ms {ours * 1000:9.2f} ms   {ours / usual:6.2f}   {reach}")
