"""What backend.metrics answers, read once: requests by route, method and status, and what is derived from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.histogram import SLOTS, quantile
from shared.tally import UNMATCHED

SERVER_ERROR = 500
# Nobody who is served waits for these: they are watchers, our own jobs, and who asks for what there is not. A flood of
# those would make the part of the others that fails look small.
OWN = frozenset(
    {
        *("/core/health", "/core/health/deep", "/core/metrics", "/core/jobs/run", "/billing/jobs/run"),
        *("/core/dashboard", "/core/dashboard/parts/{name}", "/core/dashboard/figures"),
        UNMATCHED,
    }
)
PREFLIGHT = "OPTIONS"


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of one route, method and status."""

    route: str
    method: str
    status: int
    count: int
    sum_ms: float
    trips: int
    upstream_ms: float
    histogram: tuple[int, ...]
    lookups: int = 0
    hits: int = 0

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Requests":
        """Read one entry of what the database sums up."""
        return cls(
            *(row["route"], row["method"], int(row["status"]), int(row["count"])),
            sum_ms=float(row["sum_ms"]),
            trips=int(row["trips"]),
            upstream_ms=float(row["upstream_ms"]),
            histogram=tuple(int(each) for each in row["histogram"]),
            lookups=int(row["lookups"]),
            hits=int(row["hits"]),
        )

    @property
    def is_served(self) -> bool:
        """Tell whether somebody was served: no watcher, no job of ours, no preflight, and something there is."""
        return self.route not in OWN and self.method != PREFLIGHT


@dataclass(slots=True)
class Sums:
    """Some requests together."""

    count: int = 0
    errors: int = 0
    sum_ms: float = 0.0
    trips: int = 0
    upstream_ms: float = 0.0
    lookups: int = 0
    hits: int = 0
    histogram: list[int] = field(default_factory=lambda: [0] * SLOTS)

    @classmethod
    def of(cls, requests: Iterable[Requests]) -> "Sums":
        """Add them up; an error is an answer of 500 or more."""
        sums = cls()
        for each in requests:
            sums.count += each.count
            sums.errors += each.count if each.status >= SERVER_ERROR else 0
            sums.sum_ms += each.sum_ms
            sums.trips += each.trips
            sums.upstream_ms += each.upstream_ms
            sums.lookups += each.lookups
            sums.hits += each.hits
            sums.histogram = [one + more for one, more in zip(sums.histogram, each.histogram, strict=True)]
        return sums

    def quantile_ms(self, part: float) -> float | None:
        """Return the milliseconds within which this part of all was answered."""
        seconds = quantile(part, self.histogram)
        return None if seconds is None else round(seconds * 1000, 1)


def ratio(part: float, whole: float, digits: int) -> float | None:
    """Return a part of a whole, or None of nothing."""
    return round(part / whole, digits) if whole else None
