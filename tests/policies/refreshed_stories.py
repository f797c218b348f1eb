"""Stories of how the job of a refresh ends: done, or put back where more came meanwhile."""

from tests.policies import inbox_stories
from tests.policies.refresh_stories import DIRTY, EVENTS, OURS, runs

HELD = f"{inbox_stories.job(token=chr(39) + '{firm}' + chr(39), run_at='now() + interval $$9 minutes$$', attempts='3')}; select set_config('tests.job', (select id from private.jobs where kind = 'billing.refresh')::text, true)"
END = "backend.jobs_end_refresh(current_setting('tests.job')::bigint, '{firm}', 'stripe', false, 'cus_firm_false') as e"
STORIES = [
    runs(
        "end: nothing came",
        "e is false",
        END,
        f"{OURS}; {DIRTY.format('')}; {HELD}",
        "select status = 'done' and token is null from private.jobs where kind = 'billing.refresh'",
    ),
    runs(
        "end: something came",
        "e",
        END,
        f"{OURS}; {DIRTY.format('+ interval $$1 second$$')}; {HELD}",
        "select status = 'waiting' and token is null and attempts = 0 and run_at > now() and run_at <= clock_timestamp() + interval '0.5 seconds'"
        " and (payload ->> 'by')::timestamptz - run_at = interval '4.5 seconds' from private.jobs where kind = 'billing.refresh'",
    ),
    runs(
        "end: a customer who is gone",
        "e is false",
        END,
        HELD,
        "select status = 'done' from private.jobs where kind = 'billing.refresh'",
    ),
    runs(
        "end: what waits for a customer who is gone waits no longer",
        "e is false",
        END,
        f"{HELD}; {EVENTS}",
        "select array_agg(event_id order by event_id) = array['evt_1', 'evt_3'] and bool_and(status = 'ignored' and done_at is not null)"
        " from private.webhook_events where reason = 'of a customer that is not ours'",
    ),
    runs(
        "end: what waits for a customer who is there",
        "e is false",
        END,
        f"{OURS}; {HELD}; {EVENTS}",
        "select count(*) = 0 from private.webhook_events where reason = 'of a customer that is not ours'",
    ),
    runs(
        "end: something came, and somebody else has the job",
        "e",
        END,
        f"{OURS}; {DIRTY.format('+ interval $$1 second$$')}; {HELD}; update private.jobs set token = '{{small}}'",
        "select token is not null and attempts = 3 from private.jobs where kind = 'billing.refresh'",
    ),
]
