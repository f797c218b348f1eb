"""Stories of whoami: what callers are told of themselves, and every reason why something would be refused."""

from tests.policies.admission_stories import IS_SPENT, LINEAGE, NOTHING_SPENT
from tests.policies.story import Story, yes

FROZEN = "update organizations set ownerless_at = now() where id = '{{{}}}'"
GUARDED = "update organizations set demands_aal2 = true where id = '{{{}}}'"
HAS_PRO = "insert into private.organization_plans (org_id, plan) values ('{firm}', 'pro')"
LEFT = "alter table memberships disable trigger user; delete from memberships where user_id = '{member}' and org_id = '{firm}'"
HOMELESS = "alter table memberships disable trigger user; delete from memberships where user_id = '{member}' and org_id = '{home_of_member}'"
BUDGET = "update api_keys set budget = 2 where id = '{{key}}'; insert into private.key_budgets (lineage_id, org_id, spent) select lineage_id, org_id, {} from api_keys where id = '{{key}}'"
READS_SETTINGS = "select set_config('request.jwt.claims', jsonb_set(current_setting('request.jwt.claims')::jsonb, '{{scopes}}', '[\"settings:read\"]')::text, true); "
NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation) select org_id, maker_id, 'next', '000000000000', scopes, lineage_id, {} from api_keys where id = '{{{}}}'"
LIMITS = "array(select l ->> 'name' from jsonb_array_elements(w -> 'limits') as l)"
CODES = "array(select r ->> 'code' from jsonb_array_elements(w #> '{{{{explanation,reasons}}}}') as r)"


def told(
    name: str, actor: str, said: str, asked: str = "", before: str = "", aal: str = "aal1", then: str = NOTHING_SPENT
) -> Story:
    """Return a story of what somebody is told; `said` is asked of the answer, w, and nothing is spent."""
    act = yes(said, f"backend.whoami({asked}) as w")
    return Story(f"whoami: {name}", actor, act, "", before, then, "auth", "gatekeeper", aal)


def explained(actor: str, scope: str, *codes: str, org: str = "", before: str = "", aal: str = "aal1") -> Story:
    """Return a story of a scope that is explained: every reason against it, in order, or none."""
    claim = f"{CODES.format()} = array{list(codes)!r}::text[] and (w #>> '{{{{explanation,allowed}}}}')::boolean is {str(not codes).lower()}"
    asked = f"'{scope}'" + (org and f", '{{{org}}}'")
    name = f"whoami: may {actor} {scope} {org} with {aal} {before}"
    return Story(name, actor, yes(claim, f"backend.whoami({asked}) as w"), "", before, "", "auth", "gatekeeper", aal)


def refused(name: str, actor: str, state: str, before: str = "", function: str = "auth") -> Story:
    """Return a story of somebody who is nobody here."""
    return Story(
        f"whoami: {name}", actor, "select backend.whoami()", state, before, function=function, role="gatekeeper"
    )


def elsewhere(actor: str, org: str, asked: str) -> Story:
    """Return a story of somebody who asks about an organization that is not theirs."""
    name = f"whoami: {actor} asks {asked} about {org}"
    act = f"select backend.whoami({asked}, '{{{org}}}')"
    says = "No such organization."
    return Story(name, actor, act, "PT404", function="auth", role="gatekeeper", says=says)


KEY = "(w - 'limits') = jsonb_build_object('kind', 'key', 'id', '{key}'::uuid, 'org_id', '{firm}'::uuid, 'lookup', '{lookup_of_key}', 'name', 'key', 'generation', 1, 'rotated', false, 'expires_at', null, 'maker_id', '{admin}'::uuid, 'plan', 'free', 'scopes', array['api-keys:read', 'profile:read'], 'organizations', jsonb_build_array(jsonb_build_object('id', '{firm}'::uuid, 'name', null)), 'budget', null, 'budget_left', null, 'explanation', null)"
PERSON = "(w - 'limits' - 'organizations') = jsonb_build_object('kind', 'person', 'id', '{{admin}}'::uuid, 'aal', '{}', 'plan', 'free', 'explanation', null)"
# Where somebody is, in which role: at home, in the firm and in the small one, in the order of joining.
PLACES = "(select array_agg(concat_ws(' ', o ->> 'id', o ->> 'name', o ->> 'role')) from jsonb_array_elements(w -> 'organizations') as o) = array['{home_of_admin} Personal owner', '{firm} Firm admin', '{small} Small admin']"
HOLDS = "(select bool_and(case o ->> 'role' when 'admin' then not o -> 'scopes' ? 'billing:write' else o -> 'scopes' ? 'billing:write' end and o -> 'scopes' ? 'api-keys:write') from jsonb_array_elements(w -> 'organizations') as o)"
FREE = "array['burst', 'free']"
ROLE = "The role member does not have this permission. Ask an owner."
STORIES = [
    told("a key", "key", f"{KEY} and {LIMITS} = {FREE}"),
    told(
        "a key with a limit of its own",
        "key",
        f"{LIMITS} = array['burst', 'free', 'key']",
        before="update api_keys set requests_per_minute = 5 where id = '{key}'",
    ),
    told("a key of another plan", "key", f"w ->> 'plan' = 'pro' and {LIMITS} = array['burst', 'pro']", before=HAS_PRO),
    Story(
        "whoami: a key that may read settings",
        "key",
        READS_SETTINGS
        + yes(
            "w #>> '{{organizations,0,name}}' = 'Firm' and w #>> '{{organizations,0,id}}' = '{firm}'",
            "backend.whoami() as w",
        ),
        function="auth",
        role="gatekeeper",
    ),
    told(
        "a key's reason does not name its maker's role",
        "key_of_member",
        "w #>> '{{explanation,reasons,0,message}}' = 'The maker of the key does not have this permission. Ask an owner.'",
        "'settings:write'",
    ),
    told("a key that was rotated", "key", "(w ->> 'rotated')::boolean", before=NEXT.format(2, "key")),
    told(
        "the newest of a lineage",
        "key",
        "not (w ->> 'rotated')::boolean and w ->> 'generation' = '3'",
        before="update api_keys set generation = 3 where id = '{key}'; " + NEXT.format(2, "key"),
    ),
    told(
        "another key that was rotated", "key", "not (w ->> 'rotated')::boolean", before=NEXT.format(2, "key_of_owner")
    ),
    told(
        "a key whose maker was demoted",
        "key",
        "w -> 'scopes' = '[\"profile:read\"]'",
        before="update memberships set role = 'member' where org_id = '{firm}' and user_id = '{admin}'",
    ),
    told("a key with a budget", "key", "w ->> 'budget' = '2' and w ->> 'budget_left' = '1'", before=BUDGET.format(1)),
    explained("key", "api-keys:read"),
    explained("key", "members:read", "scope_missing"),
    explained("key", "billing:write", "scope_missing", "role_too_small"),
    explained("key", "x:read", "scope_unknown"),
    explained("key_of_member", "members:read"),
    explained("key_of_member", "settings:write", "role_too_small"),
    explained("key_of_member", "members:read", "not_a_member", before=LEFT),
    explained("key_of_member", "members:read", "not_a_member", before=f"{LEFT}; {FROZEN.format('firm')}"),
    explained("key_of_owner", "billing:write"),
    explained("key_of_owner", "billing:write", before=GUARDED.format("firm")),
    explained("key_of_owner", "billing:write", "organization_frozen", before=FROZEN.format("firm")),
    explained("key", "api-keys:read", before=FROZEN.format("firm")),
    explained("key", "api-keys:read", before=BUDGET.format(1)),
    explained("key", "api-keys:read", "budget_spent", before=BUDGET.format(2)),
    *(
        told(
            f"a spent limit: {limit}",
            "key",
            f"w #>> '{{{{explanation,reasons,0,code}}}}' = 'limit_exceeded' and w #>> '{{{{explanation,reasons,0,message}}}}' = 'The limit {limit} is used up for ' || (w #>> '{{{{limits,{place},wait}}}}') || ' seconds.' and w #> '{{{{explanation,reasons,1}}}}' is null",
            "'api-keys:read'",
            IS_SPENT.format(who, limit),
            then="select count(*) = 1 from private.rate_buckets",
        )
        for place, (limit, who) in enumerate((("burst", LINEAGE), ("free", "'{firm}'")))
    ),
    # People.
    told("a person", "admin", f"{PERSON.format('aal1')} and {LIMITS} = {FREE}"),
    told("a person with a second factor", "admin", PERSON.format("aal2"), aal="aal2"),
    told("a person's organizations", "admin", f"{PLACES} and {HOLDS}"),
    told(
        "a person's permissions",
        "guest",
        "w #> '{{organizations,0,scopes}}' = (select jsonb_agg(s order by s) from jsonb_array_elements(w #> '{{organizations,0,scopes}}') as s) and jsonb_array_length(w -> 'organizations') = 1",
    ),
    told(
        "a person of another plan",
        "admin",
        f"w ->> 'plan' = 'pro' and {LIMITS} = array['burst', 'pro']",
        before=HAS_PRO,
    ),
    explained("member", "billing:write"),
    explained("member", "members:read", org="firm"),
    explained("member", "api-keys:write", "role_too_small", org="firm"),
    explained("member", "api-keys:write", "not_a_member", before=HOMELESS),
    *(
        explained("member", "api-keys:write", "not_a_member", before=f"{HOMELESS}; {how.format('home_of_member')}")
        for how in (FROZEN, GUARDED)
    ),
    explained("member", "x:read", "scope_unknown", org="firm"),
    explained("member", "x:read", "scope_unknown", before=HOMELESS),
    explained("admin", "api-keys:write", org="firm"),
    explained("admin", "api-keys:write", "organization_frozen", org="firm", before=FROZEN.format("firm")),
    explained("admin", "api-keys:read", org="firm", before=FROZEN.format("firm")),
    explained("admin", "api-keys:write", "second_factor_missing", org="firm", before=GUARDED.format("firm")),
    explained("admin", "api-keys:write", org="firm", before=GUARDED.format("firm"), aal="aal2"),
    explained("admin", "settings:write", org="firm", before=GUARDED.format("firm")),
    explained("admin", "api-keys:write", org="firm", before=GUARDED.format("small")),
    explained(
        "admin",
        "api-keys:write",
        "organization_frozen",
        "second_factor_missing",
        org="firm",
        before=f"{FROZEN.format('firm')}; {GUARDED.format('firm')}",
    ),
    told(
        "a person's reason",
        "member",
        f"w #>> '{{{{explanation,reasons,0,message}}}}' = '{ROLE}'",
        "'api-keys:write', '{firm}'",
    ),
    explained("admin", "api-keys:write", "limit_exceeded", org="firm", before=IS_SPENT.format("'{admin}'", "burst")),
    # Of organizations that are not theirs, nobody is told anything.
    *(
        elsewhere(actor, org, asked)
        for asked in ("null", "'api-keys:read'", "'x:read'")
        for actor, org in (("member", "small"), ("member", "key"), ("member", "home_of_admin"), ("key", "small"))
    ),
    told("a person of an organization of theirs", "member", "w ->> 'kind' = 'person'", "null, '{firm}'"),
    told("a key of its own organization", "key", KEY, "null, '{firm}'"),
    # Nobody here.
    refused("directly", "owner", "PT403", function=""),
    refused("nobody", "nobody", "PT401"),
    refused("an ended session", "owner", "PT401", "delete from auth.sessions where user_id = '{owner}'"),
    refused(
        "a key that has ended", "nobody", "PT401", "select set_config('mainstay.key_problem', 'key_expired', true)"
    ),
    refused(
        "a key that has ended, whatever it was",
        "key",
        "PT401",
        "select set_config('mainstay.key_problem', 'key_expired', true)",
    ),
]
