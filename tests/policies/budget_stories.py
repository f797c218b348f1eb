"""Stories of budgets: how many requests a lineage may make, in all or in a period, and when it is full again."""

from tests.policies.admission_stories import IS_SPENT, LINEAGE, admits, refused, told
from tests.policies.story import AS_OWNER, Story, yes

K = "(select k from api_keys as k where k.id = '{key}')"
SET = "update api_keys set budget = {}, budget_period = {} where id = '{{key}}'"
USED = "insert into private.key_budgets (lineage_id, org_id, spent, since) values ((select lineage_id from api_keys where id = '{{key}}'), '{{firm}}', {}, {})"
DAY, MONTH = "date_trunc('day', now(), 'UTC')", "date_trunc('month', now(), 'UTC')"
KEPT = "select spent = {} and since {} from private.key_budgets where lineage_id = (select lineage_id from api_keys where id = '{{key}}')"
FAR, BEFORE = "set local timezone = 'Pacific/Kiritimati'", f"{DAY} - interval '1 microsecond'"
NONE_KEPT = "select not exists (select from private.key_budgets)"


def budget(most: int | None, period: str = "null", used: int | None = None, since: str = "now()") -> str:
    """Return what gives the key a budget, and spends some of it since a time."""
    change = SET.format("null" if most is None else most, period if period == "null" else f"'{period}'")
    return change if used is None else f"{change}; {USED.format(used, since)}"


def spends(name: str, left: int | None, before: str, then: str) -> Story:
    """Return a story of one request: how much is left before it, which decides whether it goes on, and what is kept."""
    looked = yes(f"private.budget_left({K}) is not distinct from {'null' if left is None else left}")
    act = f"{AS_OWNER}{looked}; {yes(f'private.spend_budget({K}) is {str(left != 0).lower()}')}"
    return Story(f"budget: {name}", "nobody", act, before=before, then=then)


def waits(name: str, until: str, before: str) -> Story:
    """Return a story of a refusal that says when the budget is full again."""
    said = f"{refused(429, 'budget_spent', 'burst')} and (v ->> 'retry_after')::bigint = ceil(extract(epoch from {until} - now()))"
    return admits(name, "key", said, before=before, then="select last_used_at is null from api_keys where id = '{key}'")


NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation, budget) select org_id, maker_id, name, '000000000000', scopes, lineage_id, 2, budget from api_keys where id = '{key}'"
OTHER = "insert into private.key_budgets (lineage_id, org_id, spent) select lineage_id, org_id, 5 from api_keys where id = '{key_of_owner}'"
STORIES = [
    spends("none", None, budget(None), NONE_KEPT),
    spends("none any more", None, budget(None, used=5), KEPT.format(5, "= now()")),
    spends("the first", 2, budget(2), KEPT.format(1, "= now()")),
    spends("the last", 1, budget(2, used=1), KEPT.format(2, "= now()")),
    spends("one too many", 0, budget(2, used=2), KEPT.format(2, "= now()")),
    spends("lowered below what was spent", 0, budget(2, used=9), KEPT.format(9, "= now()")),
    spends("of nothing", 0, budget(0), NONE_KEPT),
    spends("of nothing, and a day later", 0, budget(0, "day"), NONE_KEPT),
    spends(
        "of no period is never full again",
        0,
        budget(2, used=2, since="'2000-01-01'"),
        KEPT.format(2, "= '2000-01-01'"),
    ),
    *(
        story
        for period, began in (("day", DAY), ("month", MONTH))
        for story in (
            spends(f"of this {period}", 0, budget(2, period, 2, began), KEPT.format(2, f"= {began}")),
            spends(f"of this {period}, the last", 1, budget(2, period, 1, began), KEPT.format(2, f"= {began}")),
            spends(
                f"of the {period} before",
                2,
                budget(2, period, 2, f"{began} - interval '1 microsecond'"),
                KEPT.format(1, "= now()"),
            ),
        )
    ),
    # There the day begins at 10 in the morning, of today or of yesterday.
    spends("of this day in UTC", 0, f"{FAR}; {budget(2, 'day', 2, DAY)}", KEPT.format(2, f"= {DAY}")),
    spends("of the day before in UTC", 2, f"{FAR}; {budget(2, 'day', 2, BEFORE)}", KEPT.format(1, "= now()")),
    spends("of others", 2, f"{budget(2)}; {OTHER}", KEPT.format(1, "= now()")),
    spends(
        "others keep theirs",
        2,
        f"{budget(2)}; {OTHER}",
        "select spent = 5 from private.key_budgets where lineage_id = (select lineage_id from api_keys where id = '{key_of_owner}')",
    ),
    Story(
        "budget: of all generations",
        "nobody",
        AS_OWNER
        + yes("private.spend_budget(k)", "api_keys as k where k.lookup = '000000000000'")
        + "; "
        + yes(f"not private.spend_budget({K})"),
        before=f"{budget(1)}; {NEXT}",
    ),
    # In admission.
    admits("a budget", "key", told("free", "burst", "free"), before=budget(1), then=KEPT.format(1, "= now()")),
    admits(
        "a budget, not counted", "key", told("free"), "counted => false", budget(1, used=1), KEPT.format(1, "= now()")
    ),
    admits(
        "a budget is not spent at a limit",
        "key",
        refused(429, "limit_exceeded", "burst", "free"),
        before=f"{budget(1)}; {IS_SPENT.format(LINEAGE, 'burst')}",
        then=NONE_KEPT,
    ),
    admits(
        "a budget is not spent by what is forbidden",
        "key",
        refused(403, "scope_missing", "burst"),
        "'members:read'",
        budget(1),
        NONE_KEPT,
    ),
    admits(
        "a budget is not spent by what the plan leaves out",
        "key",
        refused(402, "plan_too_small", "burst", "free"),
        "tier => 'pro'",
        budget(1),
        NONE_KEPT,
    ),
    admits(
        "a spent budget leaves the organization its hour",
        "key",
        refused(429, "budget_spent", "burst"),
        before=budget(1, used=1),
        then="select count(*) = 1 from private.rate_buckets",
    ),
    waits("a budget of a day", f"{DAY} + interval '1 day'", budget(1, "day", 1)),
    waits("a budget of a month", f"{MONTH} + interval '1 month'", budget(1, "month", 1)),
    waits("a budget for ever", "now() + interval '1 day'", budget(1, used=1)),
]
