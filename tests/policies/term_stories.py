"""Stories of the terms of a key: what may be changed, by whom, and for which of a lineage."""

import json

from tests.policies.story import Story, yes

CHANGE = "select public.change_api_key('{{{}}}', {})"
CREATE = "select public.create_api_key('k', array['profile:read'], '000000000000', 1, repeat('0', 64), '{{firm}}'{})"
FROZEN = "update organizations set ownerless_at = now() where id = '{firm}'"
GUARDED = "update organizations set demands_aal2 = true where id = '{firm}'"
ENDS = "update api_keys set created_at = now() - interval '10 days', {} where id = '{{key}}'"
NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation, updated_at) select org_id, maker_id, name, '000000000003', scopes, lineage_id, 2, '2020-01-01' from api_keys where id = '{key}'"
UNCHANGED = "select name = 'key' and scopes = '{{api-keys:read,profile:read}}' and expires_at is null from api_keys where id = '{key}'"
OTHERS = "select bool_and(name = 'key' and idle_days is null and requests_per_minute is null and budget is null and expires_at is null) from api_keys where id <> '{key}'"


def changes(
    name: str,
    change: object,
    then: str = UNCHANGED,
    *,
    actor: str = "admin2",
    state: str = "",
    key: str = "key",
    before: str = "",
    aal: str = "aal1",
    says: str = "",
) -> Story:
    """Return a story of one change; it is JSON, or SQL where it must be computed."""
    sent = change if isinstance(change, str) else f"'{json.dumps(change)}'".replace("{", "{{").replace("}", "}}")
    act = CHANGE.format(key, sent)
    return Story(f"terms: {name}", actor, act, state, before, then, aal=aal, says=says)


def is_so(claim: str, key: str = "key") -> str:
    """Return whether a key is so now."""
    return f"select {claim} from api_keys where id = '{{{key}}}'"


ALL = {
    "name": "new",
    "scopes": ["members:read"],
    "expires_at": "2050-01-01T00:00:00Z",
    "idle_days": 9,
    "allowed_cidrs": ["192.0.2.0/24"],
    "requests_per_minute": 7,
    "budget": 8,
    "budget_period": "month",
    "metadata": {"team": "x"},
}
ALL_ARE_SO = "(name, scopes, expires_at, idle_days, allowed_cidrs, requests_per_minute, budget, budget_period, metadata) = ('new', array['members:read'], '2050-01-01T00:00:00Z'::timestamptz, 9, array['192.0.2.0/24'::cidr], 7, 8, 'month', '{{\"team\": \"x\"}}'::jsonb)"
NOBODYS = ("id", "org_id", "maker_id", "lookup", "revoked_at", "lineage_id", "generation", "last_used_at", "created_at")
WIDE = ["api-keys:read", "profile:read", "billing:write"]
STORIES = [
    changes("all of them", ALL, is_so(ALL_ARE_SO)),
    changes("all of them, of one key", ALL, OTHERS),
    Story(
        "terms: what is answered",
        "admin2",
        yes(
            "k.id = '{key}' and k.name = 'new' and k.budget = 8",
            'public.change_api_key(\'{key}\', \'{{"name": "new", "budget": 8}}\') as k',
        ),
    ),
    changes("none", {}),
    *(
        changes(f"not named at all: {sent}", sent, state="PT400", says="Only name")
        for sent in ("null", "'null'", "'[]'", "'[\"name\"]'", "'\"name\"'", "'1'")
    ),
    *(
        changes(f"{term} goes", {term: None}, is_so(f"{term} is null"), before=ENDS.format(f"{term} = {value}"))
        for term, value in (
            ("expires_at", "now() + interval '1 day'"),
            ("idle_days", "90"),
            ("allowed_cidrs", "array['192.0.2.0/24'::cidr]"),
            ("requests_per_minute", "7"),
            ("budget", "7"),
        )
    ),
    *(
        changes(f"{column} is nobody's to change", {column: None}, state="PT400", says="Only name")
        for column in NOBODYS
    ),
    changes("one that there is not, among others", {"name": "new", "colour": "red"}, state="PT400", says="Only name"),
    # Scopes.
    changes(
        "scopes are kept in order, each once",
        {"scopes": ["profile:read", "members:read", "profile:read"]},
        is_so("scopes = '{{members:read,profile:read}}'"),
    ),
    changes("a scope that one holds", {"scopes": [*WIDE[:2], "members:read"]}, is_so("scopes @> '{{members:read}}'")),
    changes("a scope that one lacks", {"scopes": WIDE}, state="PT403", says="maker"),
    changes(
        "a scope that one lacks, for a key whose maker holds it",
        {"scopes": ["billing:write", "billing:read", "settings:read", "ownership:write"]},
        is_so("scopes = '{{billing:write}}'", "key_of_owner"),
        actor="admin",
        key="key_of_owner",
        state="PT403",
    ),
    changes(
        "a scope that the key has and one lacks",
        {"scopes": ["billing:write", "profile:read"]},
        is_so("scopes = '{{billing:write,profile:read}}'", "key_of_owner"),
        actor="admin",
        key="key_of_owner",
    ),
    changes(
        "another name for a key that may do more",
        {"name": "new"},
        is_so("name = 'new'", "key_of_owner"),
        actor="admin",
        key="key_of_owner",
    ),
    changes("a scope that there is not", {"scopes": ["admin:everything"]}, state="PT400", says="scopes"),
    changes("no scopes", {"scopes": []}, state="23514"),
    changes("null for scopes", {"scopes": None}, state="23514"),
    # Ends and budgets.
    changes("an end that has passed", "jsonb_build_object('expires_at', now())", state="PT400", says="expire"),
    changes(
        "an end in a century",
        "jsonb_build_object('expires_at', now() + interval '100 years')",
        is_so("expires_at = now() + interval '100 years'"),
    ),
    changes(
        "an end later than that",
        "jsonb_build_object('expires_at', now() + interval '100 years 1 second')",
        state="PT400",
        says="expire",
    ),
    changes("a period of no budget", {"budget_period": "day"}, state="PT400", says="period"),
    changes(
        "no budget any more, and its period",
        {"budget": None},
        state="PT400",
        before=ENDS.format("budget = 1, budget_period = 'day'"),
        says="period",
    ),
    changes(
        "a period of a budget",
        {"budget_period": "day"},
        is_so("budget_period = 'day' and budget = 1"),
        before=ENDS.format("budget = 1"),
    ),
    *(
        Story(f"terms: made with {name}", "admin2", CREATE.format(terms), state, then=then, function="auth", says=says)
        for name, terms, state, then, says in (
            (
                "all of them",
                ", '2050-01-01T00:00:00Z', 9, '{{192.0.2.0/24}}', 7, 8, 'month', '{{\"team\": \"x\"}}'",
                "",
                f"select {ALL_ARE_SO.replace(chr(39) + 'new' + chr(39), chr(39) + 'k' + chr(39)).replace('members', 'profile')} and generation = 1 from api_keys where lookup = '000000000000'",
                "",
            ),
            (
                "none of them",
                "",
                "",
                "select (expires_at, idle_days, allowed_cidrs, requests_per_minute, budget, budget_period) is null and metadata = '{{}}' and generation = 1 from api_keys where lookup = '000000000000'",
                "",
            ),
            (
                "null for notes",
                ", metadata => null",
                "",
                "select metadata = '{{}}' from api_keys where lookup = '000000000000'",
                "",
            ),
            ("a period of no budget", ", budget_period => 'day'", "PT400", "", "period"),
        )
    ),
    # What has ended stays so.
    changes(
        "revoked",
        {"name": "new"},
        is_so("name = 'key'"),
        state="PT409",
        before=ENDS.format("revoked_at = now()"),
        says="has ended",
    ),
    changes(
        "expired",
        {"expires_at": None},
        is_so("expires_at = now()"),
        state="PT409",
        before=ENDS.format("expires_at = now()"),
        says="has ended",
    ),
    changes(
        "ended by disuse",
        {"idle_days": None},
        is_so("idle_days = 10"),
        state="PT409",
        before=ENDS.format("idle_days = 10"),
        says="has ended",
    ),
    # What a lineage shares.
    *(
        changes(
            f"a lineage shares its {term}",
            {term: value},
            f"select count(*) = 2 from api_keys where lineage_id = (select lineage_id from api_keys where id = '{{key}}') and {term} = {value} and updated_at = now()",
            before=NEXT,
        )
        for term, value in (("requests_per_minute", 7), ("budget", 8))
    ),
    changes(
        "a generation has its own name",
        {"name": "new"},
        "select name = 'key' from api_keys where lookup = '000000000003'",
        before=NEXT,
    ),
    *(
        Story(
            f"terms: {column} is stamped",
            "nobody",
            f"update public.api_keys set {column} = null, updated_at = '2020-01-01' where id = '{{key}}'",
            role="service_role",
            then=is_so("updated_at = now()"),
        )
        for column in ("idle_days", "allowed_cidrs", "requests_per_minute", "budget", "budget_period")
    ),
    # Who may.
    changes("by a member", {"name": "new"}, actor="member", state="PT404"),
    changes("from outside", {"name": "new"}, actor="outsider", state="PT404"),
    changes("of no key", {"name": "new"}, key="firm", state="PT404"),
    changes("by who may do nothing else", {"name": "new"}, is_so("name = 'new'"), actor="keeper"),
    changes("in a frozen organization", {"name": "new"}, state="PT404", before=FROZEN),
    changes("where a second factor is demanded", {"name": "new"}, state="PT404", before=GUARDED),
    changes("with a second factor", {"name": "new"}, is_so("name = 'new'"), before=GUARDED, aal="aal2"),
]
