"""Mutants that a hostile reader thought of: each slipped through the tests once, or could have."""

from tests.policies import limit_mutants
from tests.policies.court import Court
from tests.policies.mutant import Mutant

# (function, what is written, what the mutant writes instead, why somebody might)
REWRITTEN = [
    *limit_mutants.REWRITTEN,
    (
        "gate.recognize(jsonb)",
        "act_as is not null and act_as <> all",
        "not headers ? 'x-api-key' and act_as is not null and act_as <> all",
        "act-as unchecked beside a key",
    ),
    (
        "gate.recognize(jsonb)",
        "act_as is distinct from 'gatekeeper'",
        "act_as is null",
        "an invalid key with any act-as",
    ),
    (
        "gate.recognize(jsonb)",
        "k.expires_at > now()",
        "k.expires_at > now() - interval '1 minute'",
        "a minute of grace for a function",
    ),
    (
        "gate.recognize(jsonb)",
        "not in ('anon', 'authenticated')",
        "not in ('anon', 'authenticated', 'integrator', 'gatekeeper')",
        "other tokens through a function",
    ),
    (
        "gate.recognize(jsonb)",
        "coalesce(act_as, case when api_key ? 'claims' then 'integrator' end)",
        "coalesce(case when api_key ? 'claims' then 'integrator' end, act_as)",
        "a key past admission",
    ),
    (
        "gate.enter()",
        "perform set_config('statement_timeout', '5s', true);",
        "",
        "a role of functions without a timeout",
    ),
    ("gate.enter()", ", 64)", ", 6400)", "an endless request id"),
    ("gate.enter()", ", 256)", ", 25600)", "an endless agent"),
    (
        "gate.enter()",
        "perform set_config('request.jwt.claims', caller ->> 'claims', true);",
        "null;",
        "a key with the claims of nobody",
    ),
    (
        "gate.enter()",
        "array['x-function-key', 'x-act-as', 'x-api-key']",
        "array['x-function-key', 'x-api-key']",
        "act-as ignored",
    ),
    (
        "private.platform_ip()",
        "select s.value #>> '{}' from private.settings as s where s.name = 'platform_ip_header'",
        "select case when headers ? 'x-forwarded-for' then 'x-forwarded-for' else 'cf-connecting-ip' end",
        "a forged address",
    ),
    ("private.me()", "is distinct from 'authenticated'", "is null", "any role or audience"),
    ("private.me()", "s.user_id = (claims ->> 'sub')::uuid", "true", "another's session"),
    ("private.is_in_good_standing(uuid)", "u.banned_until <= now()", "false", "a ban for good"),
    (
        "private.orgs_with(text)",
        "return next (claims ->> 'org_id')::uuid;",
        "return query select m.org_id from public.memberships as m where m.user_id = (claims ->> 'maker')::uuid;",
        "the maker's other organizations",
    ),
    (
        "private.orgs_with(text)",
        "if private.maker_with(wanted) is not null then",
        "if (claims -> 'scopes') ? wanted then",
        "a key beyond its maker",
    ),
    ("private.maker_with(text)", "(claims -> 'scopes') ? wanted", "true", "a key beyond its scopes"),
    (
        "private.end_of_key(public.api_keys)",
        "key.expires_at <= now()",
        "key.expires_at <= now() - interval '1 minute'",
        "a minute of grace for a key",
    ),
    (
        "private.end_of_key(public.api_keys)",
        "coalesce(key.last_used_at, key.created_at)",
        "key.last_used_at",
        "a key that was never used lives on",
    ),
    (
        "private.find_api_key(text, inet)",
        "when not private.is_in_good_standing(key.maker_id)",
        "when false",
        "the key of somebody banned",
    ),
    (
        "private.find_api_key(text, inet)",
        "(address <<= any(key.allowed_cidrs)) is not true",
        "(address <<= any(key.allowed_cidrs)) is false",
        "a key from nowhere",
    ),
    (
        "private.find_api_key(text, inet)",
        "k.id = private.match_api_key(presented)",
        "k.lookup = split_part(presented, '.', 1)",
        "any secret opens",
    ),
    ("private.unmapped(inet)", "'::ffff:0:0/96'", "'::/0'", "another address taken for IPv4"),
    (
        "gate.recognize(jsonb)",
        "private.valid_inet(headers ->> 'x-client-ip')",
        "private.platform_ip()",
        "the function's own address",
    ),
    (
        "private.match_api_key(text)",
        "sha256(decode(split_part(part, ':', 2), 'hex'))",
        "decode(split_part(part, ':', 2), 'hex')",
        "what is stored opens",
    ),
    (
        "gate.enter()",
        "'mainstay.idempotency', coalesce(headers ->> 'x-idempotency', '')",
        "'mainstay.idempotency', ''",
        "every repeat is new",
    ),
    (
        "backend.admit(text, text, text, boolean, text, boolean, jsonb)",
        "perform private.require_function();",
        "",
        "admission for anybody",
    ),
    *(
        (signature, "private.require_function('auth')", "private.require_function()", "by any function")
        for signature in (
            "private.make_api_key(public.api_keys, integer, text, text)",
            "private.rotate_api_key(uuid, integer, timestamp with time zone, text, integer, text, text)",
            "backend.end_leaked_keys(jsonb, text)",
        )
    ),
    (
        "private.create_invitation(uuid, text, text, uuid, integer, text)",
        "private.require_function('auth')",
        "private.require_function()",
        "invitations by any function",
    ),
    ("private.require_function(text)", "(function <> named) is true", "false", "any function is every function"),
    (
        "private.require_no_more_than_mine(uuid, text)",
        "m.org_id = org and m.user_id = private.me()",
        "m.user_id = private.me()",
        "rank from elsewhere",
    ),
]
WRITTEN = [
    Mutant(
        "the platform's address from a caller's header",
        "update private.settings set value = '\"x-forwarded-for\"' where name = 'platform_ip_header'",
        "setting",
    ),
    Mutant(
        "any role in a function's row",
        "alter table private.function_keys drop constraint function_keys_may_act_as_check",
        "constraint",
        "constraints",
    ),
    Mutant(
        "service_role in a function's row",
        "alter table private.function_keys drop constraint function_keys_may_act_as_check; alter table private.function_keys add constraint function_keys_may_act_as_check check (may_act_as <@ array['gatekeeper', 'billing_writer', 'job_runner', 'staff_reader', 'observer', 'service_role'])",
        "constraint",
        "constraints",
    ),
    Mutant("everybody creates in public", "grant create on schema public to public", "schema", "schemas"),
    Mutant(
        "closing leaves policies",
        "create policy more on public.profiles for select to authenticated using (display_name <> '')",
        "policy",
        "profiles",
    ),
    Mutant(
        "a policy that only narrows",
        "create policy more on public.profiles as restrictive for select to authenticated using (false)",
        "policy",
        "profiles",
    ),
    Mutant("everybody reads people", "grant select on auth.users to public", "table", "foreign grants"),
    Mutant(
        "everybody runs cryptography as its owner",
        "grant execute on function extensions.pg_stat_statements_reset(oid, oid, bigint, boolean) to authenticated",
        "extension",
        "foreign grants",
    ),
]


def handmade(court: Court) -> list[Mutant]:
    """Return every mutant of this file; what is to be rewritten must be there, once or more."""
    found = list(WRITTEN)
    for signature, written, instead, why in REWRITTEN:
        definition: str = court.world.value("select pg_get_functiondef(%s::regprocedure)", signature)
        assert written in definition, f"{signature} has no {written!r} any more"
        subject = signature.partition("(")[0]
        found.append(Mutant(f"{subject}: {why}", definition.replace(written, instead), "function", subject))
    return found
