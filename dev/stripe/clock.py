"""The double's own time: it stands still, or follows the wall, and jumps when told to."""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field

DAY = 86_400
HOUR = 3_600


@dataclass(order=True)
class Appointment:
    """Something that happens to an object when its time has come; it checks itself whether it still should."""

    at: int
    place: int
    action: Callable[[str], None] = field(compare=False)
    subject: str = field(compare=False)


class Clock:
    """Seconds since 1970, and what is due when."""

    def __init__(self, now: int | None = None, *, ticking: bool = False) -> None:
        self._wall = time.time if ticking else lambda: 0.0
        self._offset = (int(time.time()) if now is None else now) - int(self._wall())
        self._held: int | None = None
        self._count = 0
        self.appointments: list[Appointment] = []

    @property
    def now(self) -> int:
        """The present second; while something due happens, the second for which it was due."""
        return self._offset + int(self._wall()) if self._held is None else self._held

    def at(self, moment: int, action: Callable[[str], None], subject: str) -> None:
        """Have something happen to an object later, or at the next look at the clock if its time has passed."""
        self._count += 1
        heapq.heappush(self.appointments, Appointment(moment, self._count, action, subject))

    def advance(self, seconds: int) -> int:
        """Go forward, letting all that falls due happen in its order; return how much happened."""
        if seconds < 0:
            raise ValueError("time goes forward")
        end = self.now + seconds
        happened = 0
        try:
            while self.appointments and self.appointments[0].at <= end:
                due = heapq.heappop(self.appointments)
                self._held = max(due.at, self.now if self._held is None else self._held)
                due.action(due.subject)
                happened += 1
        finally:
            self._held = None
        self._offset += seconds
        return happened
