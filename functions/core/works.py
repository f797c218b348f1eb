"""What each kind of job does. A work returns when it is done, and says by what it raises whether to try again."""

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


Work = Callable[[Task], None]


def _sql(function: str) -> Work:
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


def _roll_up(task: Task) -> None:
    """Roll requests up a few thousand rows at a time, until nothing is left or the time is up."""
    while task.door.call("jobs_roll_up_metrics", {}, role="job_runner")["left"] and task.has_time():
        task.extend(60)


def _mail(task: Task) -> None:
    """Send a mail. What that needs is imported by the first one: most runs of the jobs function send none."""
    from functions.core import mail_works  # noqa: PLC0415 - see above; it also imports this file

    mail_works.send(task)


WORKS: dict[str, Work] = {
    "audit.keep": _sql("jobs_keep_audit"),
    "audit.prune": _sql("jobs_prune_audit"),
    "core.prune": pruning("jobs_prune"),
    "errors.prune": _sql("jobs_prune_errors"),
    "jobs.prune": pruning("jobs_prune_jobs"),
    "keys.find_expiring": _sql("jobs_find_expiring_keys"),
    "mail.account_erased": _mail,
    "mail.error_report": _mail,
    "mail.errors_more": _mail,
    "mail.invitation": _mail,
    "mail.key_expiring": _mail,
    "mail.key_leaked": _mail,
    "mail.key_made": _mail,
    "mail.keys_made": _mail,
    "mail.new_device": _mail,
    "mail.prune": pruning("jobs_prune_mail"),
    "metrics.roll_up": _roll_up,
}
