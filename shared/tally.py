"""Requests that are over and not yet counted in the database: kept in memory until a call carries them there."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.histogram import SLOTS, slot_of

UNMATCHED = "unmatched"
# Beyond this many entries those of one minute, route and status are added up; beyond twice as many the oldest go.
MOST = 500
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: its route is a template of the endpoints or `unmatched`, never a client's path.

    `lookups` is how often caches were asked while it ran, and `hits` how often they knew.
    """

    route: str
    method: str
    status: int
    ms: float
    trips: int = 0
    upstream_ms: float = 0.0
    lookups: int = 0
    hits: int = 0


@dataclass(slots=True)
class Cell:
    """Requests of one minute, route, method and status, in the form that private.record_requests takes."""

    minute: int
    route: str
    method: str
    status: int
    sum_ms: float = 0.0
    trips: int = 0
    upstream_ms: float = 0.0
    lookups: int = 0
    hits: int = 0
    histogram: list[int] = field(default_factory=lambda: [0] * SLOTS)

    def add(self, other: "Cell") -> None:
        """Take in requests of the same minute, route, method and status."""
        self.sum_ms += other.sum_ms
        self.trips += other.trips
        self.upstream_ms += other.upstream_ms
        self.lookups += other.lookups
        self.hits += other.hits
        self.histogram = [one + more for one, more in zip(self.histogram, other.histogram, strict=True)]


class Tally:
    """What one process has served. Holds no lock, so that a signal may interrupt it anywhere and be answered."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Remember nothing yet; `clock` tells seconds since 1970."""
        self._clock = clock
        self._tried_at = clock()
        # Appending and popping are atomic each, and whatever is popped belongs to who popped it.
        self._kept: deque[Cell] = deque(maxlen=2 * MOST)

    def __len__(self) -> int:
        """Return how many entries wait to be carried."""
        return len(self._kept)

    def add(self, sample: Sample) -> None:
        """Remember one request that is over."""
        cell = Cell(int(self._clock() // MINUTE), sample.route, sample.method, sample.status)
        cell.sum_ms, cell.trips, cell.upstream_ms = sample.ms, sample.trips, sample.upstream_ms
        cell.lookups, cell.hits = sample.lookups, sample.hits
        cell.histogram[slot_of(sample.ms / 1000)] = 1
        self._kept.append(cell)
        if len(self._kept) > MOST:
            self._kept.extend(_merged(self._take()))

    def is_due(self) -> bool:
        """Tell whether something waits that nobody has tried to send for a minute."""
        return bool(self._kept) and self._clock() - self._tried_at >= MINUTE

    @contextmanager
    def sending(self) -> Iterator[list[dict[str, Any]]]:
        """Hand over all that is kept, to be sent within the block; an error there puts it back.

        What failed in the middle may have been counted and is then counted twice: rare, and better than an outage that
        leaves no trace.
        """
        self._tried_at = self._clock()
        cells = _merged(self._take())
        try:
            yield [asdict(cell) for cell in cells]
        except BaseException:
            self._kept.extend(cells)
            raise

    def _take(self) -> Iterator[Cell]:
        while self._kept:
            try:
                yield self._kept.popleft()
            except IndexError:  # another thread was faster
                return


def _merged(cells: Iterable[Cell]) -> list[Cell]:
    together: dict[tuple[int, str, str, int], Cell] = {}
    for cell in cells:
        key = (cell.minute, cell.route, cell.method, cell.status)
        if key in together:
            together[key].add(cell)
        else:
            together[key] = cell
    return list(together.values())
