-- Claims for work outside the database: a lease that runs out, and a token without which nobody answers.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: claims are closed to every caller.
create function backend.idempotency_claim(route text, lease_seconds integer default 30) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claim constant private.claim := private.claim_of(route);
    kept private.idempotency_keys;
    given uuid;
begin
    perform private.require_function();
    if claim is null then
        perform private.refuse(400, 'There is no idempotency key to claim.');
    end if;
    kept := private.kept_answer(claim);
    if kept.status is not null then
        return jsonb_build_object('replay', true, 'status', kept.status, 'answer', kept.answer);
    end if;
    insert into private.idempotency_keys as k (scope, route, digest, fingerprint, lease_until)
    values (
        claim.scope, claim.route, claim.digest, claim.fingerprint,
        clock_timestamp() + make_interval(secs => least(greatest(lease_seconds, 1), 900))
    )
    on conflict on constraint idempotency_keys_pkey do update
    set fingerprint = excluded.fingerprint, token = excluded.token, lease_until = excluded.lease_until, status = null,
        answer = null, expires_at = excluded.expires_at, created_at = excluded.created_at
    returning k.token into given;
    return jsonb_build_object('replay', false, 'token', given);
end
$$;
comment on function backend.idempotency_claim(text, integer) is
'{replay: false, token} for who is to do the work now, {replay: true, status, answer} once it is done. '
'A holder that crashed loses its claim when the lease ends.';

-- Definer: as above.
create function backend.idempotency_finish(route text, token uuid, status integer, answer jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claim constant private.claim := private.claim_of(route);
begin
    perform private.require_function();
    update private.idempotency_keys as k
    set lease_until = null, status = idempotency_finish.status, answer = idempotency_finish.answer
    where k.scope = claim.scope and k.route = claim.route and k.digest = claim.digest
        and k.token = idempotency_finish.token and k.status is null;
    return found;
end
$$;
comment on function backend.idempotency_finish(text, uuid, integer, jsonb) is
'Keeps the answer of work that was claimed; false for who lost the claim meanwhile.';

-- Definer: as above.
create function backend.idempotency_release(route text, token uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claim constant private.claim := private.claim_of(route);
begin
    perform private.require_function();
    delete from private.idempotency_keys as k
    where k.scope = claim.scope and k.route = claim.route and k.digest = claim.digest
        and k.token = idempotency_release.token and k.status is null;
    return found;
end
$$;
comment on function backend.idempotency_release(text, uuid) is
'Gives a claim up after work that failed and left nothing behind, so that a retry need not wait for the lease to end.';

grant execute on function
backend.idempotency_claim(text, integer), backend.idempotency_finish(text, uuid, integer, jsonb),
backend.idempotency_release(text, uuid)
to gatekeeper;
