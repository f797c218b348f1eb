"""Stories of limits: which of them a request takes from, exactly how much, and what is told of the rest."""

import json

from tests.policies.story import AS_OWNER, Story, yes

# The limits of these stories: 3 a minute, one each 20 seconds, and 100 an hour, one each 36 seconds.
SET = "update private.limits set quantity = 3 where name = 'burst'"
BUCKET = "(select (private.allowance(l.name, l.quantity, l.period, '{{owner}}')).bucket from private.limits as l where l.name = '{}')"
# A bucket remembers in created_at how it was, and TICK, written in the same moment, who wrote it last.
IS_DUE = "insert into private.rate_buckets (bucket, due_at, created_at) select (private.allowance(l.name, l.quantity, l.period, '{{owner}}')).bucket, d, d from private.limits as l, lateral (select clock_timestamp() + interval '{} seconds' as d) as due where l.name = '{}'"
TICK = "update private.settings set description = 'x' where name = 'invitations_per_day'"
UNTOUCHED = "select bool_and(b.due_at = b.created_at and b.xmin = s.xmin and b.xmax = 0) from private.rate_buckets as b, private.settings as s where s.name = 'invitations_per_day'"
GIVEN_BACK = "select count(*) = 2 and bool_and(due_at = created_at) from private.rate_buckets"


def wanted(*names: str) -> str:
    """Return the owner's allowances of these limits, in this order."""
    named = f"array{list(names)!r}::text[]"
    return f"array(select private.allowance(l.name, l.quantity, l.period, '{{owner}}') from private.limits as l where l.name = any({named}) order by array_position({named}, l.name))"


def due(**seconds: float) -> str:
    """Return what spends the owner's allowances so far that they are full again in so many seconds."""
    return "; ".join([SET, TICK, *(IS_DUE.format(ahead, name) for name, ahead in seconds.items())])


def after(name: str, low: float, high: float) -> str:
    """Return whether a bucket is full again in so many seconds."""
    return f"select due_at - clock_timestamp() between interval '{low} s' and interval '{high} s' from private.rate_buckets where bucket = {BUCKET.format(name)}"


def spends(name: str, *names: str, answer: bool = True, before: str = SET, then: str = "") -> Story:
    """Return a story of one request that takes one of each, or none."""
    claim = f"private.spend({wanted(*names)}) is {str(answer).lower()}"
    return Story(f"spend: {name}", "nobody", AS_OWNER + yes(claim), before=before, then=then)


def looks(name: str, stands: list[tuple[str, int, int, int, int, int]], before: str = SET) -> Story:
    """Return a story of what is told: name, quantity, window, left, reset, wait."""
    columns = ("name", "quantity", "window", "left", "reset", "wait")
    told = json.dumps([dict(zip(columns, stand, strict=True)) for stand in stands])
    told = told.replace("{", "{{").replace("}", "}}")
    asked = wanted(*(stand[0] for stand in stands)) if stands else "'{{}}'"
    claim = f"private.look_at({asked}) = '{told}'"
    return Story(f"look: {name}", "nobody", AS_OWNER + yes(claim), before=before)


def is_left(name: str, *names: str, answer: bool, before: str) -> Story:
    """Return a story of a look before anything is taken."""
    claim = f"private.is_left({wanted(*names)}) is {str(answer).lower()}"
    return Story(f"left: {name}", "nobody", AS_OWNER + yes(claim), before=before)


def takes(name: str, told: str, before: str, then: str = "") -> Story:
    """Return a story of what a request is told when it takes one of burst and free; `told` is asked of the answer, t."""
    act = AS_OWNER + yes(told, f"private.take({wanted('burst', 'free')}) as t")
    return Story(f"take: {name}", "nobody", act, before=before, then=then)


def says(limit: str, wait: str) -> str:
    """Return whether a refusal names this limit, and when to come back."""
    return f"t ->> 'message' = 'The limit {limit} is used up. Try again in {wait}.'"


SPEND = f"select private.spend({wanted('burst')}); "
REFILL = "update private.rate_buckets set due_at = due_at - interval '20 seconds' where true; "
STORIES = [
    spends("the first", "burst", then=after("burst", 19, 20)),
    spends("the last", "burst", before=due(burst=40), then=after("burst", 59, 60)),
    spends("one too many", "burst", answer=False, before=due(burst=41), then=UNTOUCHED.replace(" and b.xmax = 0", "")),
    spends("nothing to be taken"),
    spends("a day later", "burst", before=due(burst=-86400), then=after("burst", 19, 20)),
    spends("of two", "burst", "free", before=due(burst=10), then=after("burst", 29, 30)),
    spends("of two, the other", "burst", "free", before=due(free=10), then=after("free", 45, 46)),
    spends("the first is spent", "burst", "free", answer=False, before=due(burst=41, free=100), then=GIVEN_BACK),
    spends("the second is spent", "burst", "free", answer=False, before=due(burst=10, free=3600), then=GIVEN_BACK),
    spends("others have spent theirs", "burst", before=due(burst=60).replace("{owner}", "{admin}")),
    Story(
        "spend: three at once and no fourth until a third of a minute has passed",
        "nobody",
        AS_OWNER
        + SPEND * 3
        + yes(f"not private.spend({wanted('burst')})")
        + "; "
        + REFILL
        + yes(f"private.spend({wanted('burst')})")
        + "; "
        + yes(f"not private.spend({wanted('burst')})"),
        before=SET,
    ),
    is_left("never spent", "burst", "free", answer=True, before=SET),
    is_left("the last", "burst", "free", answer=True, before=due(burst=40, free=3564)),
    is_left("one too many", "burst", "free", answer=False, before=due(burst=41, free=10)),
    is_left("one too many of the other", "burst", "free", answer=False, before=due(burst=10, free=3565)),
    is_left("others have spent theirs", "burst", answer=True, before=due(burst=60).replace("{owner}", "{admin}")),
    looks("never spent", [("burst", 3, 60, 3, 0, 0), ("free", 100, 3600, 100, 0, 0)]),
    looks("in the order asked", [("free", 100, 3600, 100, 0, 0), ("burst", 3, 60, 3, 0, 0)]),
    looks("one of three", [("burst", 3, 60, 2, 20, 0)], due(burst=20)),
    looks("all of it", [("burst", 3, 60, 0, 60, 20)], due(burst=60)),
    looks("more than all", [("burst", 3, 60, 0, 80, 40)], due(burst=80)),
    looks("the limit was changed", [("burst", 4, 60, 4, 0, 0)], f"{due(burst=80)}; {SET.replace('3', '4')}"),
    looks("a day ago", [("burst", 3, 60, 3, 0, 0)], due(burst=-86400)),
    looks("one of two", [("burst", 3, 60, 3, 0, 0), ("free", 100, 3600, 97, 108, 0)], due(free=108)),
    looks("nothing", []),
    takes(
        "one of each",
        "t - 'limits' = '{{}}' and t #>> '{{limits,0,left}}' = '2' and t #>> '{{limits,1,left}}' = '99'",
        SET,
        "select count(*) = 2 from private.rate_buckets",
    ),
    takes(
        "none is left",
        "t @> '{{\"admitted\": false, \"status\": 429, \"reason\": \"limit_exceeded\", \"retry_after\": 20}}' and t #>> '{{limits,0,wait}}' = '20' and t #>> '{{limits,1,wait}}' = '0'",
        due(burst=60, free=10),
        UNTOUCHED,
    ),
    takes(
        "the longer wait",
        says("free", "36 seconds") + " and (t ->> 'retry_after')::int = 36",
        due(burst=60, free=3600),
        UNTOUCHED,
    ),
    takes("the only wait", says("burst", "20 seconds"), due(burst=60, free=10), UNTOUCHED),
    takes(
        "less than a second",
        says("burst", "1 second") + " and (t ->> 'retry_after')::int = 1",
        due(burst=40.5),
        UNTOUCHED,
    ),
]
