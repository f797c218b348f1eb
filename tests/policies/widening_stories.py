"""Stories of what widens a key: for longer, for more, or from elsewhere; and of who may not do that."""

import json

from tests.policies.story import AS_OWNER, Story, yes
from tests.policies.term_stories import changes, is_so

NUMBERS = ("idle_days", "requests_per_minute", "budget")
BOUND: dict[str, object] = {
    "expires_at": "2050-01-01T00:00:00Z",
    "idle_days": 10,
    "requests_per_minute": 10,
    "budget": 10,
    "budget_period": None,
    "allowed_cidrs": ["192.0.2.0/24", "2001:db8::/32"],
}
FREE: dict[str, object] = dict.fromkeys(BOUND)
# What a key has, what is changed, and whether that makes it wider.
CASES: list[tuple[dict[str, object], dict[str, object], bool]] = [
    (BOUND, {}, False),
    (FREE, {}, False),
    (FREE, BOUND, False),
    (BOUND, FREE, True),
    (BOUND, {"expires_at": "2049-01-01T00:00:00Z"}, False),
    (BOUND, {"expires_at": "2050-01-01T00:00:01Z"}, True),
    *((BOUND, dict[str, object]({term: 9}), False) for term in NUMBERS),
    *((BOUND, dict[str, object]({term: 11}), True) for term in NUMBERS),
    *((BOUND, dict[str, object]({term: None}), True) for term in BOUND if term != "budget_period"),
    *((FREE, dict[str, object]({term: bound}), False) for term, bound in BOUND.items()),
    (BOUND, {"budget_period": "day"}, True),
    (BOUND | {"budget_period": "day"}, {"budget_period": None}, True),
    (BOUND | {"budget_period": "day"}, {"budget_period": "day", "budget": 9}, False),
    (BOUND, {"budget_period": "day", "budget": None}, True),
    (FREE | {"budget_period": "day"}, {"budget_period": None}, False),
    (BOUND, {"allowed_cidrs": ["192.0.2.0/25"]}, False),
    (BOUND, {"allowed_cidrs": ["192.0.2.7/32", "2001:db8::7/128"]}, False),
    (BOUND, {"allowed_cidrs": ["192.0.2.0/23"]}, True),
    (BOUND, {"allowed_cidrs": ["192.0.2.0/24", "198.51.100.0/24"]}, True),
    (BOUND, {"name": "new", "scopes": ["profile:read"], "metadata": {}}, False),
]


def widens(old: dict[str, object], change: dict[str, object], wider: bool) -> Story:
    """Return a story of one change, by itself."""
    before, after = (json.dumps(terms).replace("{", "{{").replace("}", "}}") for terms in (old, old | change))
    asked = f"private.widens(jsonb_populate_record(k, '{before}'), jsonb_populate_record(k, '{after}')) is {str(wider).lower()}"
    return Story(f"widening: {old} by {change}", "nobody", AS_OWNER + yes(asked, "api_keys as k where k.id = '{key}'"))


OWNERS = "update api_keys set budget = 10 where id = '{key_of_owner}'"
NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation, budget, updated_at, expires_at, created_at) select org_id, maker_id, name, '000000000003', scopes, lineage_id, {}, 10, '2020-01-01', {}, '2020-01-01' from api_keys where id = '{{{}}}'"
ROTATED = "update api_keys set budget = 10 where id = '{key}'; " + NEXT.format(2, "null", "key")
STORIES = [
    *(widens(*case) for case in CASES),
    changes(
        "wider, by who may not do all that it does",
        {"budget": 11},
        is_so("budget = 10", "key_of_owner"),
        actor="admin",
        key="key_of_owner",
        state="PT403",
        before=OWNERS,
        says="maker",
    ),
    changes(
        "narrower, by who may not do all that it does",
        {"budget": 9},
        is_so("budget = 9", "key_of_owner"),
        actor="admin",
        key="key_of_owner",
        before=OWNERS,
    ),
    changes(
        "wider, by who may do all that it does",
        {"budget": 11},
        is_so("budget = 11", "key_of_owner"),
        actor="owner2",
        key="key_of_owner",
        before=OWNERS,
    ),
    changes(
        "wider, and rotated already", {"budget": 11}, is_so("budget = 10"), state="PT409", before=ROTATED, says="newest"
    ),
    changes("narrower, and rotated already", {"budget": 9}, is_so("budget = 9"), before=ROTATED),
    changes(
        "wider, the newest", {"budget": 11}, is_so("budget = 11"), before=ROTATED.replace("set", "set generation = 3,")
    ),
    changes(
        "wider, and another was rotated",
        {"budget": 11},
        is_so("budget = 11"),
        before="update api_keys set budget = 10 where id = '{key}'; " + NEXT.format(2, "null", "key_of_owner"),
    ),
    # What the lineage shares.
    changes(
        "generations that have ended stay as they were",
        {"budget": 9},
        "select budget = 10 and updated_at = '2020-01-01' from api_keys where lookup = '000000000003'",
        before=ROTATED.replace("null", "now()"),
    ),
    changes(
        "generations that live change",
        {"budget": 9},
        "select budget = 9 and updated_at = now() from api_keys where lookup = '000000000003'",
        before=ROTATED,
    ),
    changes(
        "what is not changed is not stamped",
        {"name": "new"},
        "select budget = 10 and updated_at = '2020-01-01' from api_keys where lookup = '000000000003'",
        before=ROTATED,
    ),
]
