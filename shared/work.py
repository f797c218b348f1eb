"""A piece of work: a job that was leased, what does it, and by what that says whether to try again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.gate import Door


class Hopeless(Exception):
    """No later try would end otherwise: the job ends dead, for somebody to look at."""


class LeaseLost(Exception):
    """Somebody else has the job by now: stop, and leave it to them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One leased piece of work; `attempts` counts this one."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    token: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Task:
    """A job, the door through which its work reaches the database, and whether there is time to begin more of it."""

    door: Door
    job: Job
    has_time: Callable[[], bool] = lambda: True

    def extend(self, seconds: int) -> None:
        """Keep the lease for so many seconds from now; raises LeaseLost for who was too slow."""
        asked = {"job": self.job.id, "lease": self.job.token, "lease_seconds": seconds}
        if self.door.call("jobs_extend", asked, role="job_runner") is not True:
            raise LeaseLost


# Returns when it is done: nothing, or what became of a job that it ended itself, "done" or "again".
Work = Callable[[Task], str | None]


def calling(function: str) -> Work:
    """Return the work that is one SQL function of schema backend."""

    def work(task: Task) -> None:
        task.door.call(function, {}, role="job_runner")

    return work


def pruning(function: str, most: int = 20_000) -> Work:
    """Return the work that deletes, at most so many rows of each kind a call, until no kind fills one or time is up."""

    def work(task: Task) -> None:
        while most in task.door.call(function, {"most": most}, role="job_runner").values() and task.has_time():
            task.extend(60)

    return work
