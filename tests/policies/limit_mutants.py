"""Mutants of limits, budgets, claims and rotation that a hostile reader thought of; as in handmade.py."""

TOUCHED = "private.spend(private.allowance[])"
ROTATE = "private.rotate_api_key(uuid, integer, timestamp with time zone, text, integer, text, text)"
ADMIT_KEY = "private.admit_key(jsonb, text, text, text, boolean, text)"
ALLOWANCES = "private.allowances(text, text, text, text, text, boolean, integer)"

# (function, what is written, what the mutant writes instead, why somebody might)
REWRITTEN = [
    (TOUCHED, "greatest(b.due_at, clock_timestamp())", "b.due_at", "who was away saves up"),
    (TOUCHED, "greatest(b.due_at, clock_timestamp())", "clock_timestamp()", "every request is the first"),
    (TOUCHED, "set due_at = b.due_at - w.period / w.quantity", "set due_at = b.due_at", "nothing is given back"),
    (
        TOUCHED,
        "set due_at = b.due_at - w.period / w.quantity",
        "set due_at = b.due_at - w.period",
        "too much is given back",
    ),
    (
        "private.take(private.allowance[])",
        "case when private.is_left(wanted) then private.spend(wanted) else false end",
        "private.spend(wanted)",
        "a refusal writes",
    ),
    (
        "private.take(private.allowance[])",
        "(s.each ->> 'wait')::integer desc",
        "(s.each ->> 'wait')::integer",
        "back too soon",
    ),
    ("private.look_at(private.allowance[])", "greatest(0, floor(", "abs(floor(", "less than nothing is left"),
    ("private.look_at(private.allowance[])", "order by l.place", "order by l.name", "another order than asked"),
    (
        ALLOWANCES,
        "case l.spent_by when 'caller' then caller when 'organization' then organization end, address",
        "case l.spent_by when 'caller' then caller when 'organization' then organization end, 'nobody'",
        "all strangers share",
    ),
    (
        ALLOWANCES,
        "case l.spent_by when 'caller' then caller when 'organization' then organization end, address",
        "caller, address",
        "an organization's limit for each of its keys",
    ),
    (
        ALLOWANCES,
        "private.network_of(host(private.client_ip()))",
        "private.client_ip()",
        "an address of a /64 after another",
    ),
    (
        ADMIT_KEY,
        "key.lineage_id::text, key.org_id::text",
        "key.id::text, key.org_id::text",
        "a rotation doubles a limit",
    ),
    (
        ADMIT_KEY,
        "key.lineage_id::text, key.org_id::text",
        "key.lineage_id::text, key.lineage_id::text",
        "a plan's limit for each key",
    ),
    ("private.spend_budget(public.api_keys)", "select key.lineage_id,", "select key.id,", "a rotation fills a budget"),
    (
        "private.budget_began(text)",
        "date_trunc(period, now(), 'UTC')",
        "date_trunc(period, now())",
        "a day by the session's clock",
    ),
    (
        "private.budget_left(public.api_keys)",
        "key.budget - least(key.budget, coalesce(",
        "greatest(0, key.budget - coalesce(",
        "no budget is a spent one",
    ),
    (
        "private.claim_of(text)",
        "case claims ->> 'role' when 'integrator' then 'org_id' else 'sub' end",
        "'sub'",
        "a rotation breaks retries",
    ),
    (
        "backend.idempotency_claim(text, integer)",
        "least(greatest(lease_seconds, 1), 900)",
        "lease_seconds",
        "a lease of any length",
    ),
    (
        "private.keep_answer(text, jsonb)",
        "expires_at = excluded.expires_at, created_at = excluded.created_at",
        "created_at = excluded.created_at",
        "an answer kept for no time",
    ),
    (
        ROTATE,
        "least(k.expires_at, now() + make_interval(secs => overlap_seconds))",
        "now() + make_interval(secs => overlap_seconds)",
        "a rotation prolongs a life",
    ),
    (ROTATE, "coalesce(ends_at, now() + (old.expires_at - old.created_at))", "ends_at", "the next key never ends"),
    (
        ROTATE,
        "private.check_scopes(old.scopes, old.org_id)",
        "private.check_scopes('{}', old.org_id)",
        "more than they may",
    ),
    (
        "private.change_api_key(uuid, jsonb)",
        "private.check_scopes(array(select s from unnest(new.scopes) as s where s <> all(old.scopes)), old.org_id)",
        "private.check_scopes('{}', old.org_id)",
        "wider than they may",
    ),
    (
        "private.record_key_use(public.api_keys)",
        "private.client_ip()",
        "private.platform_ip()",
        "the function's own address",
    ),
    (
        "private.refuse_stranger(text)",
        "private.take(private.allowances(null, null, null, null, 'anonymous', false))",
        "'{}'",
        "guesses are free",
    ),
    (
        "backend.end_leaked_keys(jsonb, text)",
        "private.match_api_key(report ->> 'presented')",
        "(select a.id from public.api_keys as a where a.lookup = split_part(report ->> 'presented', '.', 1))",
        "anybody ends a key whose id they saw",
    ),
]
