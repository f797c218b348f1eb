"""Stories of admission: what our functions are told of a key or a person, and what it takes of their limits."""

from tests.policies.story import Story, yes

FROM_HERE = (
    "select set_config('mainstay.client_ip', '192.0.2.9', true), set_config('mainstay.client_agent', 'curl', true)"
)
LINEAGE = "(select k.lineage_id::text from api_keys as k where k.id = '{key}')"
SPENT = "select count(*) = {} and bool_and(bucket = any(array[{}])) from private.rate_buckets"
IS_SPENT = "insert into private.rate_buckets (bucket, due_at) select (private.allowance(l.name, l.quantity, l.period, {})).bucket, clock_timestamp() + l.period from private.limits as l where l.name = '{}'"
UNSTAMPED = "select bool_and(last_used_at is null) from api_keys where id = '{key}'"
HAS_PRO = "insert into private.organization_plans (org_id, plan) values ('{firm}', 'pro')"
OF_ROUTE = "insert into private.limits (name, spent_by, quantity, period, route) values ('exports', 'caller', 2, '1 minute', 'GET /x')"
KEY = "(v -> 'principal') = jsonb_build_object('kind', 'key', 'id', '{key}'::uuid, 'lookup', '{lookup_of_key}', 'maker_id', '{admin}'::uuid, 'org_id', '{firm}'::uuid, 'scopes', array['api-keys:read', 'profile:read'])"
PERSON = "(v -> 'principal') = jsonb_build_object('kind', 'person', 'id', '{{owner}}'::uuid, 'aal', '{}')"


def admits(
    name: str, actor: str, said: str, asked: str = "", before: str = "", then: str = "", aal: str = "aal1"
) -> Story:
    """Return a story of admission; `said` is asked of the verdict, v, and `asked` follows the route."""
    act = yes(said, f"backend.admit('GET /x'{asked and ', ' + asked}) as v")
    return Story(f"admission: {name}", actor, act, "", before, then, "auth", "gatekeeper", aal)


def refused(status: int, reason: str, *names: str) -> str:
    """Return whether a verdict is this refusal, with these limits told."""
    told = f"array(select l ->> 'name' from jsonb_array_elements(v -> 'limits') as l) = array{list(names)!r}::text[]"
    return f"not (v ->> 'admitted')::boolean and v ->> 'status' = '{status}' and v ->> 'reason' = '{reason}' and {told}"


def told(plan: str, *names: str) -> str:
    """Return whether a verdict admits, names this plan and tells of these limits."""
    names_told = (
        f"array(select l ->> 'name' from jsonb_array_elements(v -> 'limits') as l) = array{list(names)!r}::text[]"
    )
    return f"(v ->> 'admitted')::boolean and v ->> 'plan' = '{plan}' and {names_told}"


def bucket(name: str, who: str) -> str:
    """Return somebody's bucket of a limit; what a key has of its own is 5 a minute in these stories."""
    if name == "key":
        return f"(private.allowance('key', 5, '1 minute', {who})).bucket"
    return f"(select (private.allowance(l.name, l.quantity, l.period, {who})).bucket from private.limits as l where l.name = '{name}')"


def spent(**by: str) -> str:
    """Return whether these buckets were spent and no other."""
    buckets = [bucket(name.replace("_", "-"), who) for name, who in by.items()]
    return SPENT.format(len(buckets), ", ".join(buckets))


NOTHING_SPENT = "select count(*) = 0 from private.rate_buckets"
OWNER, FIRM, HERE = "'{owner}'", "'{firm}'", "'192.0.2.9/32'"
BY_KEY = {"burst": LINEAGE, "free": FIRM}
STORIES = [
    Story("admission: directly", "owner", "select backend.admit('GET /x')", "PT403", role="gatekeeper"),
    # Keys.
    admits("a key", "key", f"{KEY} and {told('free', 'burst', 'free')}", "'profile:read'", then=spent(**BY_KEY)),
    admits(
        "a key of another plan", "key", told("pro", "burst", "pro"), before=HAS_PRO, then=spent(burst=LINEAGE, pro=FIRM)
    ),
    admits("a key, not counted", "key", told("free"), "counted => false", then=NOTHING_SPENT),
    admits(
        "a key, by name",
        "key",
        told("free", "burst", "key-create", "free"),
        "spends => 'key-create'",
        then=spent(**BY_KEY, key_create=LINEAGE),
    ),
    admits(
        "a key, by route",
        "key",
        told("free", "burst", "exports", "free"),
        before=OF_ROUTE,
        then=spent(**BY_KEY, exports=LINEAGE),
    ),
    admits(
        "a key with a limit of its own",
        "key",
        told("free", "burst", "free", "key"),
        before="update api_keys set requests_per_minute = 5 where id = '{key}'",
        then=spent(**BY_KEY, key=LINEAGE),
    ),
    admits(
        "a scope that the key lacks",
        "key",
        refused(403, "scope_missing", "burst"),
        "'members:read'",
        then=spent(burst=LINEAGE),
    ),
    admits(
        "a scope that the key lacks is no use",
        "key",
        refused(403, "scope_missing", "burst"),
        "'members:read'",
        then=UNSTAMPED,
    ),
    admits(
        "a scope that the maker lacks",
        "key_of_member",
        refused(403, "scope_missing", "burst"),
        "'settings:write'",
    ),
    admits(
        "a scope that is left",
        "key_of_member",
        "v #> '{{principal,scopes}}' = '[\"members:read\", \"profile:write\"]'",
        "'members:read'",
    ),
    admits(
        "a maker who was demoted",
        "key",
        refused(403, "scope_missing", "burst"),
        "'api-keys:read'",
        "update memberships set role = 'member' where org_id = '{firm}' and user_id = '{admin}'",
    ),
    admits(
        "a frozen organization",
        "key_of_owner",
        refused(403, "scope_missing", "burst"),
        "'billing:write'",
        "update organizations set ownerless_at = now() where id = '{firm}'",
    ),
    admits(
        "a plan that is too small",
        "key",
        refused(402, "plan_too_small", "burst", "free"),
        "tier => 'pro'",
        then=spent(**BY_KEY),
    ),
    admits(
        "a plan that is too small is no use",
        "key",
        refused(402, "plan_too_small", "burst", "free"),
        "tier => 'pro'",
        then=UNSTAMPED,
    ),
    admits("a plan that is large enough", "key", told("pro", "burst", "pro"), "tier => 'pro'", HAS_PRO),
    admits("a plan that there is not", "key", refused(402, "plan_too_small", "burst", "free"), "tier => 'gone'"),
    admits(
        "a key at its limit",
        "key",
        refused(429, "limit_exceeded", "burst", "free"),
        before=IS_SPENT.format(LINEAGE, "burst"),
        then=UNSTAMPED,
    ),
    admits(
        "a key at its limit, without the scope",
        "key",
        refused(429, "limit_exceeded", "burst"),
        "'members:read'",
        IS_SPENT.format(LINEAGE, "burst"),
        then=UNSTAMPED,
    ),
    admits(
        "a key without the scope, at its organization's limit",
        "key",
        refused(403, "scope_missing", "burst"),
        "'members:read'",
        IS_SPENT.format(FIRM, "free"),
    ),
    admits(
        "a key at its organization's limit",
        "key",
        refused(429, "limit_exceeded", "burst", "free"),
        before=IS_SPENT.format(FIRM, "free"),
        then=UNSTAMPED,
    ),
    admits(
        "a key at others' limits", "key", told("free", "burst", "free"), before=IS_SPENT.format("'{small}'", "free")
    ),
    admits(
        "a key at its limit, not counted", "key", told("free"), "counted => false", IS_SPENT.format(LINEAGE, "burst")
    ),
    # People.
    admits(
        "a person",
        "owner",
        f"{PERSON.format('aal1')} and {told('free', 'burst', 'free')}",
        then=spent(burst=OWNER, free=OWNER),
    ),
    admits("a person with a second factor", "owner", PERSON.format("aal2"), aal="aal2"),
    admits("a person who needs no scope here", "owner", PERSON.format("aal1"), "'billing:write'"),
    admits(
        "a person of another plan",
        "owner",
        told("pro", "burst", "pro"),
        before=HAS_PRO,
        then=spent(burst=OWNER, pro=OWNER),
    ),
    admits("a person, not counted", "owner", told("free"), "counted => false", then=NOTHING_SPENT),
    admits(
        "a person, by name",
        "owner",
        told("free", "burst", "key-create", "free"),
        "spends => 'key-create'",
        then=spent(burst=OWNER, free=OWNER, key_create=OWNER),
    ),
    admits("a person, by route", "owner", told("free", "burst", "exports", "free"), before=OF_ROUTE),
    admits(
        "a person at their limit",
        "owner",
        refused(429, "limit_exceeded", "burst", "free"),
        "tier => 'pro'",
        IS_SPENT.format(OWNER, "free"),
    ),
    admits(
        "a person at their limit, of no matter which plan",
        "owner",
        refused(429, "limit_exceeded", "burst", "free"),
        before=IS_SPENT.format(OWNER, "burst"),
    ),
    admits(
        "a person whose plan is too small", "owner", refused(402, "plan_too_small", "burst", "free"), "tier => 'pro'"
    ),
    admits("a person whose plan is large enough", "owner", told("pro", "burst", "pro"), "tier => 'pro'", HAS_PRO),
    admits(
        "a person where anybody may",
        "owner",
        f"{PERSON.format('aal1')} and {told('free', 'burst', 'free')}",
        "strangers => true",
    ),
]
