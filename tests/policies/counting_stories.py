"""Stories of counting requests: who may tell of them, what is believed, and under which names they are counted."""

import json
from typing import Any

from tests.policies.story import AS_OWNER, Story, yes

CELL: dict[str, Any] = {"route": "/a", "method": "GET", "status": 200, "sum_ms": 30, "trips": 4, "upstream_ms": 20}
CELL |= {"lookups": 6, "hits": 5, "histogram": [0, 2] + [0] * 13}
THIS = "date_trunc('minute', now())"
ROUTES = "delete from private.request_routes; insert into private.request_routes (day, route, function) select {day}, '/r' || n, {by} from generate_series(1, {count}) as n"
EACH = "'f' || n / 99"
TODAY = "(now() at time zone 'utc')::date"
OWN = "select exists (select from private.request_counts where route = '{}')"


def told(*changes: dict[str, Any], minute: str = "0") -> str:
    """Return an expression: what our functions tell of requests, their minute counted from this one."""
    cells = json.dumps([CELL | each for each in changes or ({},)]).replace("{", "{{").replace("}", "}}")
    now = f"(extract(epoch from {THIS})::bigint / 60 + {minute})"
    return f"(select jsonb_agg(jsonb_build_object('minute', {now}) || e) from jsonb_array_elements('{cells}') as e)"


def record(name: str, count: int, what: str, *, then: str = "", before: str = "") -> Story:
    """Return a story of counting, as its owner."""
    cleared = "delete from private.request_counts; " + before
    return Story(
        f"count: {name}",
        "nobody",
        AS_OWNER + yes(f"r = {count}", f"private.record_requests({what}) as r"),
        "",
        cleared,
        then,
    )


def through(
    name: str, act: str, state: str = "", *, actor: str = "nobody", function: str = "auth", then: str = ""
) -> Story:
    """Return a story of counting through our functions."""
    return Story(
        f"count: {name}", actor, act, state, "delete from private.request_counts", then, function, "gatekeeper"
    )


COUNTED = "select count(*) = 1 and sum(count) = 2 from private.request_counts"
DOORS = [
    through("by a function", yes("r = 1", f"backend.count_requests({told()}) as r"), then=COUNTED),
    through("directly", f"select backend.count_requests({told()})", "PT403", function=""),
    through("by admission", f"select backend.admit('GET /a', previous => {told()})", actor="customer", then=COUNTED),
    through(
        "by admission that refuses",
        f"select backend.admit('GET /a', previous => {told()})",
        actor="nobody",
        then=COUNTED,
    ),
    through(
        "by admission, nothing",
        "select backend.admit('GET /a')",
        actor="customer",
        then="select count(*) = 0 from private.request_counts",
    ),
]
SUMS = [
    record(
        "all numbers of two are added up",
        2,
        told({}, {"sum_ms": 7, "trips": 1, "upstream_ms": 3, "lookups": 2, "hits": 1, "histogram": [1] * 15}),
        then="select count(*) = 1 and bool_and(count = 17 and sum_ms = 37 and trips = 5 and upstream_ms = 23 and lookups = 8"
        " and hits = 6 and histogram = array[1,3,1,1,1,1,1,1,1,1,1,1,1,1,1]::bigint[]) from private.request_counts",
    ),
    record(
        "another status is another row",
        2,
        told({}, {"status": 500}),
        then="select count(*) = 2 from private.request_counts",
    ),
    record(
        "a thousand, and no more",
        1000,
        f"(select jsonb_agg(e) from jsonb_array_elements({told()}) as e, generate_series(1, 1001))",
    ),
    record("no list", 0, "'7'"),
    record("nothing", 0, "null"),
    record("what has another form is left out", 1, told({"status": 600}, {"status": 599})),
    record("so is what hits more often than it looks", 1, told({"hits": 7}, {"hits": 6})),
    record(
        "what cannot be counted",
        0,
        told(),
        before="alter table private.request_counts add constraint broken check (status = 0)",
    ),
    record(
        "a method in small letters",
        1,
        told({"method": "get"}),
        then="select bool_and(method = 'GET') from private.request_counts",
    ),
    record(
        "a method of their own",
        1,
        told({"method": "BREW"}),
        then="select bool_and(method = 'OTHER') from private.request_counts",
    ),
]
MINUTES = [
    record(
        f"a minute {told_at} ahead is {kept}",
        1,
        told(minute=str(told_at)),
        then=f"select bool_and(minute = {THIS} + interval '{kept} minutes') from private.request_counts",
    )
    for told_at, kept in ((0, 0), (1, 0), (900, 0), (-1, -1), (-60, -60), (-61, -60), (-900, -60))
]
LONG = "/" + "x" * 99
NAMES = [
    *(
        record(
            f"the {count + 1}th route of one function",
            1,
            told({"route": "/new"}),
            then=OWN.format(kept),
            before=ROUTES.format(day=day, count=count, by=by),
        )
        for count, day, by, kept in (
            (99, TODAY, "''", "/new"),
            (100, TODAY, "''", "other"),
            (100, f"{TODAY} - 1", "''", "/new"),
            (100, TODAY, "'auth'", "/new"),
        )
    ),
    through(
        "under the teller's name",
        f"select backend.count_requests({told({'route': '/told'})})",
        then="select function = 'auth' from private.request_routes where route = '/told'",
    ),
    record("a route of 100 letters", 1, told({"route": LONG}), then=OWN.format(LONG)),
    record("a route of 101 letters", 1, told({"route": LONG + "x"}), then=OWN.format("other")),
    record("a route of none", 1, told({"route": ""}), then=OWN.format("other")),
    record(
        "the 500th route of a day",
        1,
        told({"route": "/new"}),
        then=OWN.format("/new"),
        before=ROUTES.format(day=TODAY, count=499, by=EACH),
    ),
    record(
        "the 501st route of a day",
        1,
        told({"route": "/new"}),
        then=OWN.format("other"),
        before=ROUTES.format(day=TODAY, count=500, by=EACH),
    ),
    record(
        "one of the 500",
        1,
        told({"route": "/r7"}),
        then=OWN.format("/r7"),
        before=ROUTES.format(day=TODAY, count=500, by=EACH),
    ),
    record(
        "the first of a day",
        1,
        told({"route": "/r7"}),
        then=f"select count(*) = 1 from private.request_routes where day = {TODAY}",
        before=ROUTES.format(day=f"{TODAY} - 1", count=500, by=EACH),
    ),
    record(
        "one of yesterday's, when today is full",
        1,
        told({"route": "/s"}),
        then=OWN.format("other"),
        before=ROUTES.format(day=TODAY, count=500, by=EACH)
        + f"; insert into private.request_routes (day, route, function) values ({TODAY} - 1, '/s', '')",
    ),
    record(
        "the same twice is one name",
        2,
        told({}, {"status": 404}),
        then="select count(*) = 1 from private.request_routes",
        before="delete from private.request_routes",
    ),
]
STORIES = [*DOORS, *SUMS, *MINUTES, *NAMES]
