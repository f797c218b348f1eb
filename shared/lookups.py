"""How often the caches of this process were asked and knew, until somebody takes the numbers."""

from collections import deque

# Appending and popping are atomic each; beyond so many the oldest go.
_kept: deque[bool] = deque(maxlen=10_000)


def note(*, known: bool) -> None:
    """Remember that a cache was asked, and whether it knew."""
    _kept.append(known)


def take() -> tuple[int, int]:
    """Return how often they were asked and how often they knew since the last time; each is told once."""
    asked = knew = 0
    while _kept:
        try:
            knew += _kept.popleft()
        except IndexError:  # another thread was faster
            break
        asked += 1
    return asked, knew
