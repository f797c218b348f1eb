"""Stories of jobs that ended: how long they are kept. What else runs out is in prune_stories.py."""

from tests.policies.story import Story, yes

# The last moment at which each goes; a microsecond later it stays.
DAYS = {"done": 14, "dead": 90}


def job(ended: str, days: int, more: str = "0") -> str:
    """Return the statement that makes a job that ended so many days ago, or a little later."""
    at = f"now() - interval '{days} days' + interval '{more}'"
    return f"insert into private.jobs (kind, status, finished_at) values ('test.{ended}', '{ended}', {at})"


WAITING = "insert into private.jobs (kind, run_at) values ('test.waiting', now() - interval '1 year')"
BEFORE = [WAITING, *(job(ended, days, more) for ended, days in DAYS.items() for more in ("0", "1 microsecond"))]
LEFT = "select array_agg(kind order by kind) = '{{test.dead,test.done,test.waiting}}' from private.jobs where kind like 'test.%'"
STORIES = [
    Story(
        "jobs: what ended so long ago goes",
        "nobody",
        yes('backend.jobs_prune_jobs() = \'{{"done": 1, "dead": 1}}\''),
        before="; ".join(BEFORE),
        then=LEFT,
        function="core",
        role="job_runner",
    ),
    Story(
        "jobs: no more than so many of each",
        "nobody",
        yes('backend.jobs_prune_jobs(1) = \'{{"done": 1, "dead": 0}}\''),
        before=f"{job('done', 15)}; {job('done', 16)}",
        function="core",
        role="job_runner",
    ),
    Story("jobs: pruned directly", "nobody", "select backend.jobs_prune_jobs()", "PT403", role="job_runner"),
]
