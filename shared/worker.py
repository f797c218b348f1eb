"""Draining: starts what is due by the clock, then does one job after another until none is left or the time is up."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from shared.errors import Problem
from shared.gate import Door
from shared.work import Hopeless, Job, LeaseLost, Task, Work

LEASE_SECONDS = 60
# For who is hinted over HTTP: a gateway waits 29 seconds for an answer. A schedule's run has as long as its function.
HINTED_SECONDS = 20.0
# What a job may take that nobody has timed: none is begun later than this before the end.
MARGIN_SECONDS = 5.0
# A job that comes due so soon is waited for: the next run may be a minute away.
PATIENCE_SECONDS = 2.0
ROLE = "job_runner"

logger = logging.getLogger("mainstay")


@dataclass(frozen=True, slots=True)
class Queue:
    """Which kinds of jobs somebody does, as patterns of LIKE: those of one module, or those of nobody else."""

    kinds: str = "%"
    besides: str = "billing.%"


OTHERS = Queue()


@dataclass(slots=True)
class Drained:
    """What came of one run; `again` are those that their work put back."""

    scheduled: int = 0
    done: int = 0
    again: int = 0
    waiting: int = 0
    dead: int = 0
    lost: int = 0
    left: bool = False


def drain(  # noqa: PLR0913 - the clock and its pause are passed by tests
    door: Door,
    works: Mapping[str, Work],
    until: float,
    clock: Callable[[], float] = time.monotonic,
    *,
    queue: Queue = OTHERS,
    pause: Callable[[float], None] = time.sleep,
) -> Drained:
    """Work until nothing is due or `until` is near; both are seconds of `clock`.

    Killed at any point, it loses nothing: what was leased is read again when the lease ends. Work can therefore be
    begun twice, and each work is written so that this does no harm.
    """

    def has_time() -> bool:
        return clock() < until - MARGIN_SECONDS

    drained = Drained(scheduled=_start_due(door))
    while has_time():
        job = _read(door, queue)
        if job is not None:
            _do(Task(door, job, has_time), works, drained)
        elif (seconds := _next(door, queue)) is None:
            return drained
        else:
            pause(seconds)
    drained.left = True
    return drained


def _start_due(door: Door) -> int:
    """Send the jobs of the schedules whose time has come; of several runners, each is sent by one."""
    due: list[dict[str, str]] = door.call("jobs_due", {}, role=ROLE)
    return sum(_start(door, schedule) for schedule in due)


def _start(door: Door, schedule: Mapping[str, str]) -> bool:
    try:
        # From now on: after a night's outage each schedule runs once and not for every time it missed.
        coming = next(CronSim(schedule["cron"], datetime.now(UTC)))
    except (CronSimError, StopIteration):
        logger.error("schedule cannot be read", extra={"fields": {"schedule": schedule["name"]}})  # noqa: TRY400 - the row is wrong, not the code
        return False
    asked = {"schedule": schedule["name"], "due_at": schedule["due_at"], "next_at": coming.isoformat()}
    return door.call("jobs_schedule", asked, role=ROLE) is True


def _read(door: Door, queue: Queue) -> Job | None:
    # One at a time: what is leased and not begun would count as tried when its worker falls.
    read = door.call("jobs_read", {"quantity": 1, "lease_seconds": LEASE_SECONDS, **asdict(queue)}, role=ROLE)
    return Job(**read[0]) if read else None


def _next(door: Door, queue: Queue) -> float | None:
    """Return in how many seconds a job comes due that is worth waiting for."""
    seconds = door.call("jobs_next", asdict(queue), role=ROLE)
    return None if seconds is None or seconds > PATIENCE_SECONDS else max(float(seconds), 0.01)


def _do(task: Task, works: Mapping[str, Work], drained: Drained) -> None:
    """Do one job and tell the database how it ended."""
    started = time.monotonic()
    outcome, cause = _outcome(task, works)
    if outcome == "over":
        outcome = "done" if _tell(task, "jobs_archive") else "lost"
    elif outcome in {"waiting", "dead"}:
        outcome = _tell(task, "jobs_fail", error=cause, final=outcome == "dead") or "lost"
    setattr(drained, outcome, getattr(drained, outcome) + 1)
    fields: dict[str, Any] = {"jobId": task.job.id, "kind": task.job.kind, "attempts": task.job.attempts}
    fields |= {"outcome": outcome, "durationMs": round((time.monotonic() - started) * 1000, 2)}
    level = logging.ERROR if outcome == "dead" else logging.INFO
    logger.log(level, "job", extra={"fields": fields | ({"cause": cause} if cause else {})})


def _outcome(task: Task, works: Mapping[str, Work]) -> tuple[str, str]:
    work = works.get(task.job.kind)
    if work is None:
        return "dead", "no work of this kind"
    try:
        return work(task) or "over", ""
    except LeaseLost:
        return "lost", ""
    except Hopeless as hopeless:
        return "dead", str(hopeless)
    except Problem as problem:
        return "waiting", f"{problem.code}: {problem.cause or ''}"[:500]
    except Exception as error:
        # One job's fault must not end the others: it is logged, and counted as a try.
        logger.exception("job failed", extra={"fields": {"jobId": task.job.id, "kind": task.job.kind}})
        return "waiting", type(error).__name__


def _tell(task: Task, function: str, **more: object) -> Any:  # noqa: ANN401 - JSON
    return task.door.call(function, {"job": task.job.id, "lease": task.job.token, **more}, role=ROLE)


def told(drained: Drained) -> dict[str, Any]:
    """Return a run's outcome for the answer and the log."""
    return asdict(drained)
