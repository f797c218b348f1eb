-- Idempotency: a request that comes again under its key is answered as it was the first time, and its work is done once.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.idempotency_keys (
    scope uuid not null,
    route text not null check (char_length(route) between 1 and 200),
    digest bytea not null check (octet_length(digest) = 32),
    fingerprint bytea not null check (octet_length(fingerprint) = 32),
    token uuid not null default gen_random_uuid(),
    lease_until timestamptz,
    status integer check (status between 200 and 599),
    answer jsonb check (octet_length(answer::text) <= 262144),
    expires_at timestamptz not null default now() + interval '24 hours',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (scope, route, digest),
    -- Either somebody is at work on it, or it is answered.
    check (num_nonnulls(lease_until, status) = 1)
);
comment on table private.idempotency_keys is
'One row per Idempotency-Key in use, for 24 hours. The key itself is not kept: '
'with it, and a pepper, the secret of a key just made could be drawn again.';
comment on column private.idempotency_keys.scope is
'The organization of an API key, so that its rotation breaks no retry; else the person.';
comment on column private.idempotency_keys.digest is 'SHA-256 of the Idempotency-Key.';
comment on column private.idempotency_keys.fingerprint is 'SHA-256 of the request, by which another request under the same key is told.';
comment on column private.idempotency_keys.token is 'Whose claim it is: who lost theirs to somebody else can no longer answer.';
create index idempotency_keys_expires_at_idx on private.idempotency_keys (expires_at);
call private.seal('private.idempotency_keys');
create trigger touch_updated_at before update on private.idempotency_keys
for each row execute function private.touch_updated_at();

create type private.claim as (scope uuid, route text, digest bytea, fingerprint bytea);

create function private.claim_of(route text) returns private.claim
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    stated constant text := coalesce(current_setting('mainstay.idempotency', true), '');
begin
    if stated = '' or route is null then
        return null;
    elsif stated !~ '^[0-9a-f]{64}\.[0-9a-f]{64}$' then
        perform private.refuse(400, 'The idempotency key is not in the form of our functions.');
    end if;
    return (
        (claims ->> case claims ->> 'role' when 'integrator' then 'org_id' else 'sub' end)::uuid, route,
        decode(split_part(stated, '.', 1), 'hex'), decode(split_part(stated, '.', 2), 'hex')
    )::private.claim;
end
$$;
comment on function private.claim_of(text) is
'What this request claims by its Idempotency-Key, as one of our functions states it in X-Idempotency; null where there is none.';

-- Definer: claims are closed to every caller.
create function private.kept_answer(claim private.claim) returns private.idempotency_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    kept private.idempotency_keys;
begin
    -- Tried and not waited for: waiting transactions would hold every connection that others need.
    if not pg_try_advisory_xact_lock(hashtextextended(format('%s %s %s', claim.scope, claim.route, claim.digest), 0)) then
        perform private.refuse(409, 'This request is being worked on. Wait as many seconds as Retry-After says.', hint => 'in_progress');
    end if;
    select k.* into kept from private.idempotency_keys as k
    where k.scope = claim.scope and k.route = claim.route and k.digest = claim.digest and k.expires_at > clock_timestamp();
    if kept.fingerprint <> claim.fingerprint then
        perform private.refuse(422, 'This Idempotency-Key was used with another request. Use a new one.');
    elsif kept.lease_until > clock_timestamp() then
        perform private.refuse(409, 'This request is being worked on. Wait as many seconds as Retry-After says.', hint => 'in_progress');
    end if;
    return kept;
end
$$;
comment on function private.kept_answer(private.claim) is
'Enters a claim, until the transaction ends, and returns what is kept of it. 409 while another is at work, 422 for another request.';

-- Definer: as above. For work that is one SQL function: claim, work and answer share its transaction.
create function private.replayed(route text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claim constant private.claim := private.claim_of(route);
    kept private.idempotency_keys;
begin
    if claim is null then
        return null;
    end if;
    kept := private.kept_answer(claim);
    if kept.status is not null then
        perform set_config('response.headers', '[{"Idempotent-Replayed": "true"}]', true);
    end if;
    return kept.answer;
end
$$;
comment on function private.replayed(text) is
'The answer that this request was given before, or null where its work is to be done now, in this transaction.';

-- Definer: as above.
create function private.keep_answer(route text, answer jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claim constant private.claim := private.claim_of(route);
begin
    if claim is not null then
        insert into private.idempotency_keys as k (scope, route, digest, fingerprint, status, answer)
        values (claim.scope, claim.route, claim.digest, claim.fingerprint, 200, answer)
        on conflict on constraint idempotency_keys_pkey do update
        set fingerprint = excluded.fingerprint, token = excluded.token, lease_until = null, status = excluded.status,
            answer = excluded.answer, expires_at = excluded.expires_at, created_at = excluded.created_at;
    end if;
end
$$;
comment on function private.keep_answer(text, jsonb) is
'Keeps the answer to this request for 24 hours, if it came with an Idempotency-Key.';
