"""Stories of what is done without an event: sweeping and pruning."""

from tests.policies import inbox_stories
from tests.policies.paying import CUSTOMER
from tests.policies.story import AS_OWNER, Story, yes

OURS = CUSTOMER.format(org="firm", live="false")
ALONE = "delete from public.billing_customers; delete from private.billing_findings; delete from private.webhook_events"


def runs(name: str, claim: str, source: str, before: str = "", then: str = "select true") -> Story:
    """Return a story of what the runner of jobs does where nobody else is a customer."""
    return inbox_stories.runs(name, claim, source, f"{ALONE}; {before or 'select 1'}", then)


def owner(name: str, claim: str, before: str = "", source: str = "(select) as nothing") -> Story:
    """Return a story of a function that nobody calls but others."""
    return Story(f"billing: {name}", "nobody", AS_OWNER + yes(claim, source), before=f"{ALONE}; {before or 'select 1'}")


UNKNOWN = "update public.billing_customers set unknown_since = now() - interval '1 day'"
NONE = "not exists (select from private.billing_findings)"
KNOWN = "insert into private.known_plans (org_id, plan) values ('{{firm}}', '{}'); alter table private.known_plans disable trigger user; update private.known_plans set updated_at = now() - interval '{}'; alter table private.known_plans enable trigger user"
EVENT = inbox_stories.event()
LOST = f"backend.jobs_sweep('stripe', false, '[' || {EVENT} || ']', 'evt_1') as s".replace(
    "|| ']'", "|| ']')::jsonb"
).replace("'[' ||", "('[' ||")
SWEEP = "insert into private.billing_sweeps (provider, livemode, swept_until, began_at, page_after) values ('stripe', false, {}, {}, {})"
OLD = "insert into private.webhook_events (provider, event_id, livemode, type, occurred_at, status, received_at) values ('stripe', '{}', false, 'x', now(), '{}', now() - interval '{}')"
ENDED = "insert into private.billing_findings (kind, subject, ended_at) values ('drift', '{}', now() - interval '{}')"
STORIES = [
    runs(
        "sweep: an event that never came",
        "s = 1",
        LOST,
        f"{OURS}; {SWEEP.format('null', 'now()', 'null')}",
        "select f.org_id = '{firm}' and f.detail = '{{\"type\": \"invoice.paid\"}}' and f.ended_at is not null and (select page_after = 'evt_1' from private.billing_sweeps) from private.billing_findings as f where kind = 'missing_event' and subject = 'evt_1'",
    ),
    runs(
        "sweep: an event that came",
        "s = 0",
        LOST,
        f"{inbox_stories.AGAIN}; {SWEEP.format('null', 'now()', 'null')}",
        f"select {NONE}",
    ),
    *(
        runs(f"sweep: {what}", claim, "backend.jobs_begin_sweep('stripe', false) as b", before, then)
        for what, claim, before, then in (
            (
                "the first looks at 30 days",
                "(b ->> 'since')::timestamptz = now() - interval '30 days' and b ->> 'after' is null and (b ->> 'until')::timestamptz < now() - interval '9 minutes'",
                "",
                "select began_at >= now() from private.billing_sweeps",
            ),
            (
                "another looks an hour back",
                "(b ->> 'since')::timestamptz = now() - interval '3 hours'",
                SWEEP.format("now() - interval '2 hours'", "null", "null"),
                "select began_at >= now() from private.billing_sweeps",
            ),
            (
                "a long pause is 30 days at most",
                "(b ->> 'since')::timestamptz = now() - interval '30 days'",
                SWEEP.format("now() - interval '40 days'", "null", "null"),
                "select true",
            ),
            (
                "one that was stopped goes on",
                "b ->> 'after' = 'evt_5' and (b ->> 'until')::timestamptz = now() - interval '70 minutes'",
                SWEEP.format("null", "now() - interval '1 hour'", "'evt_5'"),
                "select began_at = now() - interval '1 hour' from private.billing_sweeps",
            ),
            (
                "one that was stopped long ago begins anew",
                "b ->> 'after' is null",
                SWEEP.format("null", "now() - interval '25 hours'", "'evt_5'"),
                "select began_at >= now() from private.billing_sweeps",
            ),
            (
                "one that was stopped a day ago to the moment begins anew, too",
                "b ->> 'after' is null",
                SWEEP.format("null", "now() - interval '1 day'", "'evt_5'"),
                "select began_at >= now() from private.billing_sweeps",
            ),
        )
    ),
    inbox_stories.refused("sweep: in another mode", "backend.jobs_begin_sweep('stripe', true)", "PT503"),
    runs(
        "sweep: its end",
        "e",
        "backend.jobs_end_sweep('stripe', false) as e",
        SWEEP.format("null", "now()", "'evt_5'"),
        "select swept_until = now() - interval '10 minutes' and began_at is null and page_after is null from private.billing_sweeps",
    ),
    runs(
        "sweep: an end without a beginning",
        "not e",
        "backend.jobs_end_sweep('stripe', false) as e",
        SWEEP.format("now()", "null", "null"),
        "select swept_until = now() from private.billing_sweeps",
    ),
    runs(
        "prune: what is old enough",
        'p = \'{{"events": 2, "findings": 1, "checkouts": 0, "previews": 0}}\'',
        "backend.jobs_prune_billing(10) as p",
        "; ".join(
            [
                OLD.format("a", "done", "46 days"),
                OLD.format("b", "ignored", "45 days"),
                OLD.format("c", "dead", "180 days"),
                OLD.format("d", "waiting", "181 days"),
                ENDED.format("x", "1 year 1 day"),
                ENDED.format("y", "1 year"),
            ]
        ),
        "select array_agg(event_id order by event_id) = array['b', 'c'] from private.webhook_events",
    ),
    runs(
        "prune: no more than so many",
        'p = \'{{"events": 1, "findings": 1, "checkouts": 0, "previews": 0}}\'',
        "backend.jobs_prune_billing(1) as p",
        "; ".join([*(OLD.format(n, "done", "46 days") for n in "ab"), *(ENDED.format(n, "366 days") for n in "ab")]),
    ),
]
