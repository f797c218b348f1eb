"""Stories of the dashboard: who may look, and that each number is of the time and the rows it is said to be of."""

from tests.policies.story import Story, yes
from tests.policies.watch_stories import BEFORE, EMPTY, THIS, counts, periods

ASK = "select backend.dashboard('1h', '{{}}')"
FIRST = {
    "1h": f"{THIS} - interval '59 minutes'",
    "24h": "date_bin('15 minutes', now(), '2000-01-01 00:00+00') - interval '1425 minutes'",
    "30d": "date_trunc('day', now(), 'UTC') - interval '696 hours'",
}
STEPS = {"1h": (60, 60), "24h": (900, 96), "30d": (86400, 30)}
BUCKETS = "jsonb_path_query_array(d, '$.buckets[*].{}')"
SUM = "(select sum(v::numeric) from jsonb_array_elements_text(" + BUCKETS + ") as v)"
TRACES = "select count(*) = {} from audit_log where action = 'staff.read_dashboard' and actor_id = '{{ops}}'"
TRACE = (
    "insert into audit_log (action, actor_kind, actor_id, created_at)"
    " values ('{}', 'person', '{{{}}}', now() - interval '{}')"
)


def look(
    name: str,
    act: str,
    state: str = "",
    *,
    actor: str = "nobody",
    function: str = "core",
    aal: str = "aal2",
    before: str = "",
    then: str = "",
) -> Story:
    """Return a story of a look through our functions."""
    return Story(f"dashboard: {name}", actor, act, state, before, then, function, "observer", aal)


def shows(name: str, claim: str, *before: str, span: str = "1h", left_out: str = "", actor: str = "nobody") -> Story:
    """Return a story of what is shown."""
    told = yes(claim, f"backend.dashboard('{span}', '{{{{{left_out}}}}}') as d")
    return look(f"{name} ({span})", told, before="; ".join((EMPTY, *before)), actor=actor)


def summed(member: str, total: float) -> str:
    return f"{SUM.format(member)} = {total}"


def first(member: str, value: object) -> str:
    return f"d #>> '{{{{buckets,0,{member}}}}}' = '{value}'"


def error(letter: str, severity: str, occurrences: int, resolved: str = "null") -> str:
    return (
        "insert into private.error_reports (id, fingerprint, category, message, severity, metadata, occurrences, resolved_at)"
        f" values ('00000000-0000-0000-0000-00000000000{letter}', sha256('{letter}'), 'tests', '{letter}', '{severity}',"
        f" '{{{{}}}}', {occurrences}, {resolved})"
    )


def signed_up(at: str) -> str:
    """Return the statements after which one person signed up then, and all others before the spans."""
    return f"update profiles set created_at = '2000-01-01'; update profiles set created_at = {at} where id = '{{customer}}'"


NO_ERRORS = "delete from private.error_reports"
ERRORS = "; ".join(
    (
        *(NO_ERRORS, error("a", "low", 900), error("b", "high", 2), error("c", "high", 50)),
        *(
            error("d", "critical", 1),
            error("e", "medium", 5),
            error("f", "critical", 9, "now()"),
            error("0", "high", 2),
        ),
    )
)
MANY = "; ".join((NO_ERRORS, *(error(letter, "low", 1) for letter in "0123456789ab")))
IDS = "(select string_agg(right(e ->> 'id', 1), '') from jsonb_array_elements(d -> 'errors') as e)"
WHO = [
    look("staff", ASK, actor="ops", then=TRACES.format(1)),
    look("the token", ASK, then="select not exists (select from audit_log where action = 'staff.read_dashboard')"),
    look("without a second factor", ASK, "PT403", actor="ops", aal="aal1", then=TRACES.format(0)),
    look("a customer", ASK, "PT403", actor="customer"),
    look("a key", ASK, "PT403", actor="key"),
    look("directly", ASK, "PT403", function=""),
    look(
        "looked a while ago",
        ASK,
        actor="ops",
        before=TRACE.format("staff.read_dashboard", "ops", "59 minutes"),
        then=TRACES.format(1),
    ),
    look(
        "looked an hour ago",
        ASK,
        actor="ops",
        before=TRACE.format("staff.read_dashboard", "ops", "1 hour"),
        then=TRACES.format(2),
    ),
    look(
        "a colleague looked",
        ASK,
        actor="ops",
        before=TRACE.format("staff.read_dashboard", "boss", "1 minute"),
        then=TRACES.format(1),
    ),
    look(
        "did something else",
        ASK,
        actor="ops",
        before=TRACE.format("staff.list_errors", "ops", "1 minute"),
        then=TRACES.format(1),
    ),
]
TIMES = [
    *(
        shows(
            "as many steps",
            f"jsonb_array_length(d -> 'buckets') = {steps} and (d ->> 'step_seconds')::int = {seconds}"
            f" and (d ->> 'as_of')::timestamptz = now() and (d #>> '{{{{buckets,0,at}}}}')::timestamptz = {FIRST[span]}",
            span=span,
        )
        for span, (seconds, steps) in STEPS.items()
    ),
    *(shows("the moment it begins with", first("requests", 2), counts(at), span=span) for span, at in FIRST.items()),
    *(
        shows("nothing from before", summed("requests", 0), counts(f"{at} {BEFORE}"), span=span)
        for span, at in FIRST.items()
    ),
    *(shows("sign-ups from then on", first("sign_ups", 1), signed_up(at), span=span) for span, at in FIRST.items()),
    *(
        shows("no sign-ups from before", summed("sign_ups", 0), signed_up(f"{at} {BEFORE}"), span=span)
        for span, at in FIRST.items()
    ),
    *(
        shows("each grain once", summed("requests", 2), periods(grain, FIRST["30d"]), span="30d")
        for grain in ("minute", "hour", "day")
    ),
    shows("now and before", summed("requests", 4), counts(THIS), periods("minute", FIRST["1h"])),
    shows(
        "all of a step",
        first("requests", 4),
        counts(FIRST["24h"]),
        counts(f"{FIRST['24h']} + interval '14 minutes'"),
        span="24h",
    ),
]
NUMBERS = [
    shows(
        "nothing",
        f"{summed('requests', 0)} and {summed('errors', 0)} and {summed('sum_ms', 0)} and {summed('histogram[*]', 0)}",
    ),
    shows(
        "durations",
        f"{summed('sum_ms', 60)} and d #> '{{{{buckets,59,histogram}}}}' = '[0,4,0,0,0,0,0,0,0,0,0,0,0,0,2]'",
        *(counts(THIS, over=1), counts(THIS, "/b", over=1)),
    ),
    *(
        shows(
            f"answers of {status}",
            summed("errors", errors),
            counts(THIS),
            f"update private.request_counts set status = {status}",
        )
        for status, errors in ((499, 0), (500, 2), (503, 2))
    ),
    shows("no preflights", summed("requests", 0), counts(THIS), "update private.request_counts set method = 'OPTIONS'"),
    shows(
        "what is left out",
        summed("requests", 2),
        counts(THIS),
        counts(THIS, "/b"),
        counts(THIS, "/c"),
        left_out="/b,/c",
    ),
    shows(
        "no revenue",
        f"jsonb_array_length({BUCKETS.format('revenue')}) = 60 and not jsonb_path_exists(d, '$.buckets[*].revenue.keyvalue()')",
    ),
    shows("the queue and the inbox", "d -> 'queue' ? 'dead' and d -> 'inbox' ? 'failed'"),
]
WORST = [
    shows("the worst errors first, the resolved ones not", f"{IDS} = 'dc0bea'", ERRORS),
    shows("ten errors", f"{IDS} = '0123456789'", MANY),
    shows("no errors", "d -> 'errors' = '[]'", NO_ERRORS),
    shows("nothing of a rank", "not jsonb_path_exists(d, '$.errors[*].rank')", ERRORS),
    shows("what clients wrote, to staff", "d #>> '{{errors,0,message}}' = 'd'", ERRORS, actor="ops"),
    shows("not to the token", "jsonb_typeof(d #> '{{errors,0,message}}') = 'null'", ERRORS),
]
STORIES = [*WHO, *TIMES, *NUMBERS, *WORST]
