"""How long requests took, as counts by bucket: the same buckets in every instance, so that they can be added up."""

from bisect import bisect_left
from collections.abc import Sequence

# Upper bounds in seconds: OpenTelemetry's advice for http.server.request.duration. One more bucket holds the rest.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
SLOTS = len(BOUNDS) + 1


def slot_of(seconds: float) -> int:
    """Return the bucket of a duration; a bound belongs to the bucket below it, as Prometheus's `le` has it."""
    return bisect_left(BOUNDS, seconds)


def quantile(part: float, counts: Sequence[int]) -> float | None:
    """Return the seconds within which `part` of all stayed, as Prometheus's histogram_quantile: None for no requests.

    Within a bucket they are taken to be spread evenly. What took longer than the last bound counts as that bound.
    """
    total = sum(counts)
    if not total:
        return None
    rank, below = part * total, 0
    for slot, count in enumerate(counts[: len(BOUNDS)]):
        if count and below + count >= rank:
            start = BOUNDS[slot - 1] if slot else 0.0
            return start + (BOUNDS[slot] - start) * (rank - below) / count
        below += count
    return BOUNDS[-1]
