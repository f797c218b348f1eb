"""Stories of whoever watches: who may, and that what they are told is what is so."""

from tests.policies.story import AS_OWNER, Story, yes

PARTS = ("health_watcher", "health_database", "health_queue", "health_inbox", "health_migrations", "metrics")
COUNT = (
    "insert into private.request_counts (minute, route, method, status, backend, count, sum_ms, trips, upstream_ms,"
    " lookups, hits, histogram) values ({at}, '{route}', 'GET', 200, 1, 2, 30, 4, 20, 6, 5, array[0,2,0,0,0,0,0,0,0,0,0,0,0,0,{over}])"
)
PERIOD = (
    "insert into private.request_periods (grain, at, route, method, status, count, sum_ms, trips, upstream_ms,"
    " lookups, hits, histogram) values ('{grain}', {at}, '/a', 'GET', 200, 2, 30, 4, 20, 6, 5, array[0,2,0,0,0,0,0,0,0,0,0,0,0,0,1])"
)
TOTAL = (
    "insert into private.request_totals (route, method, status, count, sum_ms, trips, upstream_ms, lookups, hits,"
    " histogram) values ('/a', 'GET', 200, 2, 30, 4, 20, 6, 5, array[0,2,0,0,0,0,0,0,0,0,0,0,0,0,1])"
)
EMPTY = "delete from private.request_counts; delete from private.request_periods; delete from private.request_totals"
THIS = "date_trunc('minute', now())"
BEFORE = "- interval '1 microsecond'"


def watch(
    name: str,
    act: str,
    state: str = "",
    *,
    actor: str = "nobody",
    function: str = "core",
    aal: str = "aal2",
    before: str = "",
) -> Story:
    """Return a story of a look through our functions."""
    return Story(f"watch: {name}", actor, act, state, before, "", function, "observer", aal)


def asked(part: str) -> str:
    """Return the call of a part."""
    return f"select backend.{part}()"


def window(name: str, minutes: str, count: int, *rows: str) -> Story:
    """Return a story of the requests that a window holds."""
    told = yes(f"coalesce((m -> 'requests' -> 0 ->> 'count')::int, 0) = {count}", f"backend.metrics({minutes}) as m")
    return watch(f"window of {minutes}: {name}", told, before="; ".join((EMPTY, *rows)))


def counts(at: str, route: str = "/a", over: int = 0) -> str:
    return COUNT.format(at=at, route=route, over=over)


def periods(grain: str, at: str) -> str:
    return PERIOD.format(grain=grain, at=at)


def queued(name: str, claim: str, *jobs: str) -> Story:
    """Return a story of what is told of the queue."""
    send = "insert into private.jobs (kind, payload, status, run_at) values ('x.y', '{{{{}}}}', {}); "
    before = "delete from private.jobs; " + "".join(send.format(job) for job in jobs)
    return watch(f"queue: {name}", yes(claim, "backend.health_queue() as q"), before=before)


WHO = [
    *(watch(f"{part} for staff", asked(part), actor="ops") for part in PARTS),
    *(watch(f"{part} for the token", asked(part)) for part in PARTS),
    *(watch(f"{part} without a second factor", asked(part), "PT403", actor="ops", aal="aal1") for part in PARTS),
    *(watch(f"{part} for a customer", asked(part), "PT403", actor="customer") for part in PARTS),
    *(watch(f"{part} for a key", asked(part), "PT403", actor="key") for part in PARTS),
    *(watch(f"{part} directly", asked(part), "PT403", function="") for part in PARTS),
]
WINDOWS = [
    window("the minute it begins with", "5", 2, counts(f"{THIS} - interval '5 minutes'")),
    window("nothing from before", "5", 0, counts(f"{THIS} - interval '5 minutes' {BEFORE}")),
    window("minutes that are over", "5", 2, periods("minute", f"{THIS} - interval '5 minutes'")),
    window("no older ones", "5", 0, periods("minute", f"{THIS} - interval '5 minutes' {BEFORE}")),
    window("no hours", "5", 0, periods("hour", THIS)),
    window("no counters", "5", 0, TOTAL),
    window("both together", "5", 4, counts(THIS), periods("minute", THIS)),
    window("a minute at least", "0", 2, counts(f"{THIS} - interval '1 minute'")),
    window("and no more than that", "-7", 0, counts(f"{THIS} - interval '2 minutes'")),
    window("a day at most", "9999", 0, counts(f"{THIS} - interval '1440 minutes' {BEFORE}")),
    window("a whole day", "9999", 2, counts(f"{THIS} - interval '1440 minutes'")),
    window("all, without one", "null", 4, counts("'2000-01-01'"), TOTAL),
    window("without one no minute twice", "null", 0, periods("minute", THIS)),
    watch(
        "each number of requests, by route",
        yes(
            "m -> 'requests' = jsonb_build_array("
            "jsonb_build_object('route', '/a', 'method', 'GET', 'status', 200, 'count', 6, 'sum_ms', 90, 'trips', 12,"
            " 'upstream_ms', 60, 'lookups', 18, 'hits', 15, 'histogram', array[0,6,0,0,0,0,0,0,0,0,0,0,0,0,2]),"
            "jsonb_build_object('route', '/b', 'method', 'GET', 'status', 200, 'count', 2, 'sum_ms', 30, 'trips', 4,"
            " 'upstream_ms', 20, 'lookups', 6, 'hits', 5, 'histogram', array[0,2,0,0,0,0,0,0,0,0,0,0,0,0,7]))"
            f" and (m ->> 'seconds')::numeric = extract(epoch from now() - {THIS}) + 60",
            "backend.metrics(1) as m",
        ),
        before="; ".join(
            (EMPTY, counts(THIS, "/b", 7), counts(THIS), periods("minute", THIS), counts(f"{THIS} {BEFORE}", over=1))
        ),
    ),
    watch("without a window, of no seconds", yes("m -> 'seconds' = 'null'", "backend.metrics() as m")),
]
QUEUE = [
    queued("empty", "(q ->> 'waiting')::int + (q ->> 'oldest_waiting_seconds')::numeric + (q ->> 'dead')::int = 0"),
    queued("what is due now", "(q ->> 'waiting')::int = 1", "'waiting', now()"),
    queued("not what comes", "(q ->> 'waiting')::int = 0", "'waiting', now() + interval '1 microsecond'"),
    queued(
        "the oldest of them",
        "(q ->> 'oldest_waiting_seconds')::numeric = 90 and (q ->> 'waiting')::int = 2 and (q ->> 'dead')::int = 0",
        "'waiting', now() - interval '30 seconds'",
        "'waiting', now() - interval '90 seconds'",
    ),
]
DEAD = "insert into private.jobs (kind, payload, status, run_at, finished_at) values ('x.y', '{{{{}}}}', '{}', now() - interval '1 day', now()); "
BUSINESS = [
    watch(
        "queue: who was given up waits no more",
        yes("(q ->> 'waiting')::int = 0 and (q ->> 'dead')::int = 2", "backend.health_queue() as q"),
        before="delete from private.jobs; " + DEAD.format("dead") * 2 + DEAD.format("done"),
    ),
    *(
        watch(
            f"business: {member} of 30 days {'and not of one moment more' if out else 'to the moment'}",
            yes(
                f"(m -> 'business' ->> '{member}')::int = {0 if out else 1}",
                "backend.metrics(1) as m",
            ),
            before=f"update public.{table} set created_at = now() - interval '1 year'; update public.{table} set created_at ="
            f" now() - interval '30 days' {'' if out else ' + interval $$1 microsecond$$'} where id = '{{{who}}}'",
        )
        for member, table, who in (("sign_ups", "profiles", "customer"), ("api_keys_created", "api_keys", "key"))
        for out in (False, True)
    ),
    watch(
        "where nothing happened nothing is counted, and the inbox is empty",
        yes(
            'm -> \'business\' @> \'{{"billing_events": 0, "billing_drift": 0, "billing_violations": 0, "revenue": {{}}}}\''
            " and m -> 'inbox' = '{{\"waiting\": 0, \"oldest_waiting_seconds\": 0, \"failed\": 0}}' and i = m -> 'inbox'",
            "backend.metrics(1) as m, backend.health_inbox() as i",
        ),
    ),
    watch(
        "the database as its server tells",
        AS_OWNER
        + yes(
            "(d ->> 'connections')::int = (select count(*) from pg_stat_activity as a where a.datid is not null)"
            " and (d ->> 'max_connections')::int = current_setting('max_connections')::int"
            " and d -> 'replication_lag_seconds' = 'null'",
            "private.database_figures() as d",
        ),
    ),
    watch(
        "the last migration",
        yes("h ->> 'newest' ~ '^[0-9]{{14}}$'", "backend.health_migrations() as h"),
    ),
    watch(
        "no ledger, no migration",
        yes("h -> 'newest' = 'null'", "backend.health_migrations() as h"),
        before="alter table supabase_migrations.schema_migrations rename to gone",
    ),
]
STORIES = [*WHO, *WINDOWS, *QUEUE, *BUSINESS]
