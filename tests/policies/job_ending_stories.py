"""Stories of how jobs end: done, put back or dead, by who holds the lease and by nobody else."""

from tests.policies.job_stories import AHEAD, LEASE, ahead, directly, job, runs
from tests.policies.story import Story

HELD = job(token=LEASE, run_at=AHEAD, attempts="1")
# Held under the same token, so that only its id tells it apart.
BESIDE = job(kind="told.beside", token=LEASE, run_at=AHEAD, attempts="1")
# The runner may not read jobs, so the id is put where it can.
NAMED = "select set_config('tests.job', (select id from private.jobs where kind = 'told.once')::text, true)"
EXTEND, ARCHIVE = "backend.jobs_extend({}, {}, 100)", "backend.jobs_archive({}, {})"
FAIL = "backend.jobs_fail({}, {}, 'why')"


def end(call: str, lease: str) -> str:
    """Return the call for the job, under a lease."""
    return call.format("current_setting('tests.job')::bigint", lease) + " as e"


def left(verb: str, call: str, unheard: str) -> list[Story]:
    """Return the stories of who holds no lease: nothing happens."""
    cases = (
        ("another's lease", "'{owner}'", HELD),
        ("nobody's lease", LEASE, job()),
        ("done already", LEASE, job(token=LEASE, status="done", finished_at="now()")),
        ("dead already", LEASE, job(token=LEASE, status="dead", finished_at="now()")),
    )
    untouched = "select bool_and(xmax = 0) from private.jobs"
    return [
        runs(f"{verb}: {name}", unheard, end(call, lease), f"{before}; {BESIDE}; {NAMED}", untouched)
        for name, lease, before in cases
    ]


def ended(name: str, call: str, told: str, then: str, before: str = HELD) -> Story:
    """Return a story of who holds a lease, beside another job that nothing happens to."""
    alone = "(select xmax = 0 from private.jobs where kind = 'told.beside')"
    return runs(
        name,
        told,
        end(call, LEASE),
        f"{before}; {BESIDE}; {NAMED}",
        f"select {then} and {alone} from private.jobs where kind = 'told.once'",
    )


def tried(attempts: int) -> str:
    """Return the statement that puts a job there that is held for the so manieth time."""
    return job(token=LEASE, run_at=AHEAD, attempts=str(attempts))


BACK = "status = 'waiting' and finished_at is null and token is null and last_error = 'why'"
DEAD = "status = 'dead' and finished_at = now() and token is null and last_error = 'why'"
STORIES = [
    *left("extend", EXTEND, "e is false"),
    *left("archive", ARCHIVE, "e is false"),
    *left("fail", FAIL, "e is null"),
    directly("extend", "backend.jobs_extend(1, gen_random_uuid())"),
    directly("archive", "backend.jobs_archive(1, gen_random_uuid())"),
    directly("fail", "backend.jobs_fail(1, gen_random_uuid(), 'why')"),
    ended("extend", EXTEND, "e", f"{ahead(98, 100)} and token is not null and attempts = 1"),
    *(
        ended(
            f"extend: {asked or 'unsaid'} seconds are {most}",
            f"backend.jobs_extend({{}}, {{}}{asked})",
            "e",
            ahead(least, most),
        )
        for asked, least, most in (("", 58, 60), (", 0", 0, 1), (", -5", 0, 1), (", 901", 898, 900))
    ),
    ended("archive", ARCHIVE, "e", "status = 'done' and finished_at = now() and token is null"),
    *(
        ended(f"fail: try {n}", FAIL, "e = 'waiting'", f"{BACK} and {ahead(least - 1, most)}", tried(n))
        for n, least, most in ((1, 5, 15), (2, 10, 30), (3, 20, 60), (10, 1800, 5400), (11, 1800, 5400))
    ),
    *(ended(f"fail: try {n} is the last", FAIL, "e = 'dead'", DEAD, tried(n)) for n in (12, 13)),
    ended("fail: for good", "backend.jobs_fail({}, {}, 'why', true)", "e = 'dead'", DEAD),
    ended(
        "fail: a long reason",
        "backend.jobs_fail({}, {}, repeat('x', 501))",
        "e = 'waiting'",
        "last_error = repeat('x', 500)",
    ),
    runs(
        "fail: not in step",
        "e = 'waiting'",
        f"generate_series(1, 40) as n, backend.jobs_fail(current_setting('tests.job')::bigint + n, {LEASE}, 'why') as e",
        f"{job()}; insert into private.jobs (kind, token, attempts) select 'told.many', {LEASE}, 1 from generate_series(1, 40); {NAMED}",
        "select max(run_at) - min(run_at) > interval '4 s' and min(run_at) > now() + interval '4.9 s' from private.jobs where kind = 'told.many'",
    ),
]
