"""Stories of claims for work outside the database: who holds one, for how long, and who may still answer."""

from tests.policies.idempotency_stories import AGO, AHEAD, ROUTE, STATED, kept, leased, of_hex
from tests.policies.story import Story, yes

CLAIM = f"backend.idempotency_claim('{ROUTE}'{{}})"
MINE = "select scope = '{}' and lease_until - clock_timestamp() between interval '{} s' and interval '{} s' and status is null and token = ({}) from private.idempotency_keys"
HELD = "token <> '{firm}' and lease_until > clock_timestamp() and answer is null and fingerprint = decode(repeat('b', 64), 'hex') and expires_at = now() + interval '24 hours' and created_at = now()"
ANSWERED = "select status = 201 and answer = '{{\"n\": 1}}' and lease_until is null from private.idempotency_keys where token = '{firm}'"
UNTOUCHED = "select count(*) = 1 and bool_and(updated_at = created_at and xmax = 0) from private.idempotency_keys"
FINISH = "backend.idempotency_finish('{}', '{{{}}}', 201, '{{{{\"n\": 1}}}}')"
RELEASE = "backend.idempotency_release('{}', '{{{}}}')"


def claims(
    name: str, told: str, *, actor: str = "admin", before: str = "", then: str = "", arguments: str = ""
) -> Story:
    """Return a story of a claim; `told` is asked of what is answered, c."""
    act = yes(told, f"{CLAIM.format(arguments)} as c")
    return Story(f"lease: {name}", actor, act, "", f"{STATED}; {before}", then, "auth", "gatekeeper")


def refused(name: str, act: str, state: str, before: str = STATED, function: str = "auth") -> Story:
    """Return a story of a refusal."""
    return Story(f"lease: {name}", "admin", f"select {act}", state, before, "", function, "gatekeeper")


def ends(name: str, act: str, before: str, then: str, *, answer: bool, stated: str = STATED) -> Story:
    """Return a story of a claim that is to end: whether it did, and what is so then."""
    found = yes(f"c is {str(answer).lower()}", f"{act} as c")
    return Story(
        f"lease: {name}", "admin", found, "", f"{stated}; {before}" if stated else before, then, "auth", "gatekeeper"
    )


GIVEN = "c ?& array['replay', 'token'] and not (c ->> 'replay')::boolean"
OTHERS = {"scope": "'{owner}'", "route": "'POST /x'", "digest": of_hex("d")}


def both(
    name: str, before: str, then: dict[str, str], *, answer: bool, holder: str = "firm", **how: str
) -> list[Story]:
    """Return the stories of work that is finished, and of work that is given up."""
    acts = {"finish": FINISH.format(ROUTE, holder), "release": RELEASE.format(ROUTE, holder)}
    return [ends(f"{verb}: {name}", act, before, then[verb], answer=answer, **how) for verb, act in acts.items()]


GONE = "select count(*) = 0 from private.idempotency_keys"
STORIES = [
    claims("the first", GIVEN, then=MINE.format("{admin}", 29, 30, "select token from private.idempotency_keys")),
    claims(
        "a key claims for its organization",
        GIVEN,
        actor="key",
        then="select scope = '{firm}' from private.idempotency_keys",
    ),
    *(
        claims(
            f"{asked} seconds are {low + 1}",
            GIVEN,
            arguments=f", {asked}",
            then=MINE.format("{admin}", low, low + 1, "token"),
        )
        for asked, low in ((100, 99), (0, 0), (-5, 0), (901, 899), (900, 899))
    ),
    claims(
        "the token is told", "(c ->> 'token')::uuid is not null", then=f"select {HELD} from private.idempotency_keys"
    ),
    claims(
        "done already",
        'c = \'{{"replay": true, "status": 201, "answer": {{"kept": true}}}}\'',
        before=kept(status="201"),
        then=UNTOUCHED,
    ),
    claims(
        "whose holder is gone",
        GIVEN,
        before=leased(AGO),
        then=f"select count(*) = 1 and bool_and({HELD}) from private.idempotency_keys",
    ),
    claims(
        "done a day ago",
        GIVEN,
        before=kept(expires_at=AGO, fingerprint=of_hex("c")),
        then=f"select count(*) = 1 and bool_and({HELD}) from private.idempotency_keys",
    ),
    refused("at work", CLAIM.format(""), "PT409", f"{STATED}; {leased(AHEAD)}"),
    refused("another request", CLAIM.format(""), "PT422", f"{STATED}; {kept(fingerprint=of_hex('c'))}"),
    refused("no key", CLAIM.format(""), "PT400", ""),
    refused("no route", "backend.idempotency_claim(null)", "PT400"),
    *(
        refused(f"directly: {act}", act, "PT403", function="")
        for act in (CLAIM.format(""), FINISH.format(ROUTE, "firm"), RELEASE.format(ROUTE, "firm"))
    ),
    *both("in time", leased(AHEAD), {"finish": ANSWERED, "release": GONE}, answer=True),
    *both("late, and nobody took over", leased(AGO), {"finish": ANSWERED, "release": GONE}, answer=True),
    *both("another token", leased(AHEAD), {"finish": UNTOUCHED, "release": UNTOUCHED}, answer=False, holder="small"),
    *both("answered already", kept(), {"finish": UNTOUCHED, "release": UNTOUCHED}, answer=False),
    *both("without a key", leased(AHEAD), {"finish": UNTOUCHED, "release": UNTOUCHED}, answer=False, stated=""),
    *(
        story
        for column, other in OTHERS.items()
        for story in both(
            f"another {column}",
            leased(AHEAD, **{column: other}),
            {"finish": UNTOUCHED, "release": UNTOUCHED},
            answer=False,
        )
    ),
    Story(
        "lease: finish: taken over meanwhile",
        "admin",
        f"select {CLAIM.format('')}; " + yes("not c", f"{FINISH.format(ROUTE, 'firm')} as c"),
        before=f"{STATED}; {leased(AGO)}",
        then=f"select {HELD} from private.idempotency_keys",
        function="auth",
        role="gatekeeper",
    ),
]
