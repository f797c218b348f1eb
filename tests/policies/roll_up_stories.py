"""Stories of rolling requests up: what is over lasts, what is old gets coarser, and what is too old goes."""

from tests.policies.story import Story, yes
from tests.policies.watch_stories import COUNT, EMPTY, PERIOD

TODAY = "(now() at time zone 'utc')::date"
# The first moment that stays, and by what what was before it goes.
LAST = "- interval '1 microsecond'"
ROWS = "select count(*) = {count} from private.request_{table} where {where}"


def roll_up(
    name: str, claim: str, *rows: str, then: str = "", most: str = "", function: str = "core", state: str = ""
) -> Story:
    """Return a story of one run."""
    act = yes(claim, f"backend.jobs_roll_up_metrics({most}) as r")
    return Story(f"roll up: {name}", "nobody", act, state, "; ".join((EMPTY, *rows)), then, function, "job_runner")


def counts(at: str, route: str = "/a") -> str:
    return COUNT.format(at=at, route=route, over=1)


def periods(grain: str, at: str) -> str:
    return PERIOD.format(grain=grain, at=at)


def moved(count: int, pruned: int = 0, *, left: bool = False) -> str:
    return f"(r ->> 'moved')::int = {count} and (r ->> 'pruned')::int = {pruned} and (r ->> 'left')::boolean = {left}".lower()


def old(grain: str, days: int) -> str:
    return f"date_trunc('{grain}', now() - interval '{days} days', 'UTC')"


WHOLE = (
    "select count(*) = 1 and bool_and(count = {n} * 2 and sum_ms = {n} * 30 and trips = {n} * 4 and upstream_ms = {n} * 20 and"
    " lookups = {n} * 6 and hits = {n} * 5 and histogram = array[0,{n} * 2,0,0,0,0,0,0,0,0,0,0,0,0,{n}]::bigint[]) from private.request_{table}"
)
OVER = "now() - interval '2 minutes'"
LATE = "date_trunc('minute', now()) - interval '9 minutes'"
STORIES = [
    roll_up("directly", "true", function="", state="PT403"),
    roll_up("nothing", moved(0)),
    roll_up(
        "a minute that is over",
        moved(1),
        counts(f"{OVER} {LAST}"),
        then=ROWS.format(count=0, table="counts", where="true"),
    ),
    roll_up(
        "a minute that may not be", moved(0), counts(OVER), then=ROWS.format(count=1, table="counts", where="true")
    ),
    *(
        roll_up(
            f"all its numbers, {table}",
            moved(2),
            counts(LATE),
            counts(LATE).replace("200, 1,", "200, 2,"),
            then=WHOLE.format(n=2, table=table),
        )
        for table in ("periods", "totals")
    ),
    roll_up(
        "as a minute",
        moved(1),
        counts(LATE),
        then=f"select bool_and(grain = 'minute' and at = {LATE}) from private.request_periods",
    ),
    roll_up("no more than so many", moved(1, left=True), counts(LATE), counts(LATE, "/b"), most="1"),
    roll_up("as many as there are may leave some", moved(2, left=True), counts(LATE), counts(LATE, "/b"), most="2"),
    *(
        roll_up(
            f"{fine}s of {days} days ago stay",
            moved(0),
            periods(fine, old(coarse, days)),
            then=ROWS.format(count=1, table="periods", where=f"grain = '{fine}'"),
        )
        for fine, coarse, days in (("minute", "hour", 2), ("hour", "day", 62))
    ),
    *(
        roll_up(
            f"{fine}s before become {coarse}s",
            moved(1),
            periods(fine, f"{old(coarse, days)} {LAST}"),
            then=f"select bool_and(grain = '{coarse}' and at = date_trunc('{coarse}', {old(coarse, days)} {LAST}, 'UTC')) from private.request_periods",
        )
        for fine, coarse, days in (("minute", "hour", 2), ("hour", "day", 62))
    ),
    roll_up(
        "into an hour that is there",
        moved(2),
        periods("hour", f"{old('hour', 3)}"),
        periods("minute", old("hour", 3)),
        periods("minute", f"{old('hour', 3)} + interval '1 minute'"),
        then=WHOLE.format(n=3, table="periods"),
    ),
    roll_up(
        "no more periods than so many",
        moved(1, left=True),
        periods("minute", old("hour", 3)),
        periods("minute", f"{old('hour', 3)} + interval '1 minute'"),
        most="1",
        then=ROWS.format(count=1, table="periods", where="grain = 'minute'"),
    ),
    roll_up("a day of 400 days ago stays", moved(0), periods("day", "now() - interval '400 days'")),
    roll_up("a day before goes", moved(0, 1), periods("day", f"now() - interval '400 days' {LAST}")),
    roll_up(
        "nothing goes but days",
        moved(2, 1, left=True),
        periods("minute", "now() - interval '999 days'"),
        periods("minute", "now() - interval '998 days'"),
        most="1",
        then=ROWS.format(count=1, table="periods", where="grain = 'minute'"),
    ),
    roll_up(
        "names of the day before yesterday go",
        moved(0),
        "delete from private.request_routes",
        f"insert into private.request_routes (day, route, function) values ({TODAY}, '/a', ''), ({TODAY} - 1, '/a', ''), ({TODAY} - 2, '/a', '')",
        then=f"select array_agg(day order by day) = array[{TODAY} - 1, {TODAY}] from private.request_routes",
    ),
    roll_up(
        "by the retention that is set",
        moved(1),
        "update private.settings set value = '1' where name = 'metrics_minutes_kept_days'",
        periods("minute", f"{old('hour', 1)} {LAST}"),
    ),
]
