"""Stories of sending: jobs of one cause once, schedules by one runner, and the outbox with its cause."""

from tests.policies.job_stories import directly, runs
from tests.policies.story import AS_OWNER, Story, yes

DUE, AHEAD = "'2026-01-01 00:00Z'", "now() + interval '1 hour'"
ROW = (
    "delete from private.schedules; insert into private.schedules (name, cron, kind, payload, next_run_at, enabled) "
    "values ('told', '* * * * *', 'told.by', '{{{{\"n\": 1}}}}', {at}, {enabled})"
)
TOLD = '{{"name": "told", "cron": "* * * * *"}}'
SCHEDULE = "backend.jobs_schedule('{}', {}, {}) as s"


def there(at: str = DUE, enabled: str = "true") -> str:
    """Return the statements that leave one schedule."""
    return ROW.format(at=at, enabled=enabled)


def due(name: str, told: str, before: str) -> Story:
    """Return a story of who asks for what is due."""
    return runs(f"due: {name}", told, "backend.jobs_due() as d", before)


def moves(name: str, told: str, then: str, before: str = "", call: str = SCHEDULE.format("told", DUE, AHEAD)) -> Story:
    """Return a story of who sends a schedule's job; `then` is asked of the schedule."""
    return runs(
        f"schedule: {name}", told, call, before or there(), f"select {then} from private.schedules where name = 'told'"
    )


def sends(name: str, call: str, then: str) -> Story:
    """Return a story of how jobs are sent, by functions of the owner."""
    return Story(f"sending: {name}", "owner", f"{AS_OWNER}{call}", then=f"select {then} from private.jobs")


SENT = "(select count(*) = {} from private.jobs where kind = 'told.by')"
KEPT = f"next_run_at = {DUE} and {SENT.format(0)}"
OUTBOX = (
    "insert into private.outbox (kind, dedupe_key, payload) values ('told.out', 'a', '{{}}'), ('told.out', 'b', '{{}}')"
)
STORIES = [
    due(
        "what, how often and since when",
        f"d -> 0 @> '{TOLD}' and jsonb_array_length(d) = 1 and (d -> 0 ->> 'due_at')::timestamptz = {DUE}",
        there(),
    ),
    due("this very moment", "jsonb_array_length(d) = 1", there("now()")),
    due("not yet", "d = '[]'", there("now() + interval '1 microsecond'")),
    due("switched off", "d = '[]'", there(enabled="false")),
    due(
        "by name",
        "(select array_agg(e ->> 'name') from jsonb_array_elements(d) as e) = '{{before,told}}'",
        f"{there()}; insert into private.schedules (name, cron, kind) values ('before', '* * * * *', 'told.by')",
    ),
    directly("due", "backend.jobs_due()"),
    moves("sends its job", "s", f"next_run_at > now() + interval '59 minutes' and {SENT.format(1)}"),
    moves(
        "as the schedule says, under its name",
        "s",
        "(select kind = 'told.by' and payload = '{{\"n\": 1}}' and dedupe_key = 'schedule:told' and run_at = now() from private.jobs where kind = 'told.by')",
    ),
    moves(
        "one that waits is enough",
        "s",
        f"next_run_at > now() and {SENT.format(1)}",
        f"{there()}; insert into private.jobs (kind, dedupe_key) values ('told.by', 'schedule:told')",
    ),
    moves("slower than another", "s is false", f"next_run_at = {AHEAD} and {SENT.format(0)}", there(AHEAD)),
    moves("switched off", "s is false", KEPT, there(enabled="false")),
    moves("another's name", "s is false", KEPT, call=SCHEDULE.format("other", DUE, AHEAD)),
    moves("never back", "s is false", KEPT, call=SCHEDULE.format("told", DUE, f"{DUE}::timestamptz - interval '1 s'")),
    moves("never in place", "s is false", KEPT, call=SCHEDULE.format("told", DUE, DUE)),
    directly("schedule", f"backend.jobs_schedule('told', {DUE}, {AHEAD})"),
    sends(
        "its id is told",
        yes("s = currval(pg_get_serial_sequence('private.jobs', 'id'))", "private.send_job('told.by') as s"),
        "bool_or(kind = 'told.by' and id = currval(pg_get_serial_sequence('private.jobs', 'id')) and payload = '{{}}' and dedupe_key is null and run_at = now() and status = 'waiting')",
    ),
    sends(
        "all that is said",
        "select private.send_job('told.by', '{{\"n\": 1}}', 'k', now() + interval '1 hour')",
        "bool_or(kind = 'told.by' and payload = '{{\"n\": 1}}' and dedupe_key = 'k' and run_at = now() + interval '1 hour')",
    ),
    sends(
        "one key, one job",
        "select private.send_job('told.by', '{{}}', 'k'); "
        + yes("s is null", "private.send_job('told.by', '{{}}', 'k') as s"),
        f"{SENT.format(1)} and count(*) >= 1",
    ),
    sends(
        "no key, as many as are sent",
        "select private.send_job('told.by'), private.send_job('told.by')",
        SENT.format(2) + " and count(*) >= 2",
    ),
    sends(
        "again after the first is done",
        "select private.send_job('told.by', '{{}}', 'k'); update private.jobs set status = 'done', finished_at = now() where dedupe_key = 'k'; select private.send_job('told.by', '{{}}', 'k')",
        SENT.format(2) + " and count(*) >= 2",
    ),
    sends(
        "the outbox sends a job for each row",
        OUTBOX,
        "count(*) filter (where kind = 'told.out' and dedupe_key = 'outbox:' || (payload ->> 'outbox_id') and payload -> 'outbox_id' in (select to_jsonb(o.id) from private.outbox as o)) = 2 and bool_and(run_at = now()) filter (where kind = 'told.out')",
    ),
    sends(
        "of what happens later, the outbox sends a job for then",
        "insert into private.outbox (kind, dedupe_key, payload, due_at) values ('told.out', 'later', '{{}}', '2050-01-01')",
        "count(*) filter (where kind = 'told.out' and run_at = '2050-01-01') = 1",
    ),
]
