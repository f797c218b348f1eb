"""Stories of reading jobs: who gets which, and for how long."""

from tests.policies.story import Story, yes

SEND = (
    "insert into private.jobs (kind, payload, run_at, attempts, status, finished_at, token, last_error) "
    "values ('{kind}', '{{{{\"n\": 1}}}}', {run_at}, {attempts}, '{status}', {finished_at}, {token}, {error})"
)
USUAL = {"kind": "told.once", "run_at": "now()", "attempts": "0", "status": "waiting"}
UNSAID = dict.fromkeys(("finished_at", "token", "error"), "null")
PAST, AHEAD = "now() - interval '1 minute'", "clock_timestamp() + interval '1 minute'"
LEASE = "'{firm}'"
FALLEN = "its worker fell each time"
READ = "backend.jobs_read({}) as r"


def job(**says: str) -> str:
    """Return the statement that puts a job there."""
    return SEND.format(**USUAL | UNSAID | says)


def many(quantity: int) -> str:
    """Return the statement that puts many jobs there."""
    return f"insert into private.jobs (kind) select 'told.many' from generate_series(1, {quantity})"


def runs(name: str, told: str, source: str, before: str = "", then: str = "") -> Story:
    """Return a story of the job runner; `told` is asked of what is answered."""
    alone = f"delete from private.jobs; {before}"
    return Story(f"jobs: {name}", "nobody", yes(told, source), "", alone, then, "core", "job_runner")


def directly(name: str, call: str) -> Story:
    """Return the story of who calls it without being a function of ours."""
    return Story(f"jobs: {name} directly", "nobody", f"select {call}", "PT403", role="job_runner")


def ahead(least: int, most: int) -> str:
    """Return that the job waits between so many seconds."""
    return f"run_at - clock_timestamp() between interval '{least} s' and interval '{most} s'"


def reads(name: str, told: str, before: str, then: str = "true", arguments: str = "") -> Story:
    """Return a story of who reads; `then` is asked of all jobs together."""
    return runs(f"read: {name}", told, READ.format(arguments), before, f"select {then} from private.jobs")


def kinds(*names: str) -> str:
    """Return that jobs of these kinds were read, in this order."""
    return f"(select array_agg(e ->> 'kind') from jsonb_array_elements(r) as e) = '{{{{{','.join(names)}}}}}'"


ONE, NONE = "jsonb_array_length(r) = 1", "r = '[]'"
AS_SENT = (
    'r -> 0 @> \'{{"kind": "told.once", "payload": {{"n": 1}}, "attempts": 3}}\' and r -> 0 ?& array[\'id\', \'token\']'
)
STORIES = [
    reads(
        "what it is, whose, and how often it was tried",
        f"{ONE} and {AS_SENT}",
        job(attempts="2"),
        f"bool_and(attempts = 3 and token is not null and status = 'waiting' and finished_at is null and {ahead(58, 60)})",
    ),
    reads("none", NONE, "", "count(*) = 0"),
    *(
        reads(name, NONE, before, "bool_and(token is null and xmax = 0)")
        for name, before in {
            "not yet": job(run_at=AHEAD),
            "done": job(status="done", finished_at="now()", attempts="12"),
            "dead": job(status="dead", finished_at="now()", attempts="12"),
            "dead, and not tried often": job(status="dead", finished_at="now()"),
            "the last try is still at work": job(attempts="12", run_at=AHEAD),
        }.items()
    ),
    reads(
        "the oldest, and of one moment the first sent",
        kinds("told.b", "told.c", "told.d"),
        "; ".join(
            job(kind=f"told.{kind}", run_at=f"now() - interval '{minutes} minutes'")
            for kind, minutes in (("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 1))
        ),
        "array_agg(kind order by kind) filter (where token is not null) = '{{told.b,told.c,told.d}}'",
        "3",
    ),
    *(
        reads(f"{asked or 'unsaid'} jobs are {given}", f"jsonb_array_length(r) = {given}", many(there), arguments=asked)
        for asked, given, there in (("0", 1, 2), ("-3", 1, 2), ("2", 2, 3), ("101", 100, 101), ("", 10, 11))
    ),
    *(
        reads(f"{asked} seconds are {most}", ONE, job(), f"bool_and({ahead(least, most)})", f"1, {asked}")
        for asked, least, most in ((0, 0, 1), (-5, 0, 1), (100, 98, 100), (901, 898, 900))
    ),
    reads(
        "a lease that ended",
        f"{ONE} and r -> 0 ->> 'token' <> {LEASE}",
        job(attempts="1", token=LEASE, run_at=PAST),
        "bool_and(attempts = 2)",
    ),
    reads(
        "tried too often",
        NONE,
        job(attempts="12", token=LEASE, run_at=PAST),
        f"bool_and(status = 'dead' and finished_at = now() and last_error = '{FALLEN}')",
    ),
    reads(
        "tried too often, and known why",
        NONE,
        job(attempts="13", error="'known'"),
        "bool_and(status = 'dead' and last_error = 'known')",
    ),
    reads(
        "others do not end with it",
        kinds("told.other"),
        f"{job(attempts='12', run_at=PAST)}; {job(kind='told.other', attempts='11', run_at=PAST)}",
        "array_agg(status order by kind) = '{{dead,waiting}}'",
    ),
    directly("read", "backend.jobs_read()"),
]
