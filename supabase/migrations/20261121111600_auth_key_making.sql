-- Making API keys and replacing them. Both go through our functions only: secrets are made, and peppers kept, outside the database.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.check_key_terms(key public.api_keys) returns void
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    if key.expires_at <= now() or key.expires_at > now() + interval '100 years' then
        perform private.refuse(400, 'A key cannot expire then.', jsonb_build_array(jsonb_build_object(
            'field', 'expiresAt', 'problem', 'Choose a time within the next 100 years, or leave it out. To end a key now, revoke it.'
        )));
    elsif key.budget is null and key.budget_period is not null then
        perform private.refuse(400, 'A key without a budget has no period for it.', jsonb_build_array(jsonb_build_object(
            'field', 'budgetPeriod', 'problem', 'Name a budget as well, or leave both out.'
        )));
    end if;
end
$$;
comment on function private.check_key_terms(public.api_keys) is
'Refuses with 400 what no single column says: an end that has passed, a period of no budget.';

-- Definer, this one and those below: nobody writes api_keys or digests but the key functions.
create function private.store_api_key(key public.api_keys, pepper integer, digest_hex text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    made public.api_keys;
begin
    if (digest_hex ~ '^[0-9a-f]{64}$') is not true then
        perform private.refuse(400, 'The digest is not one of HMAC-SHA256.');
    end if;
    perform private.check_key_terms(key);
    insert into public.api_keys (
        org_id, maker_id, name, lookup, scopes, expires_at, lineage_id, generation, idle_days, allowed_cidrs,
        requests_per_minute, budget, budget_period, metadata
    ) values (
        key.org_id, private.me(), key.name, key.lookup, array(select distinct s from unnest(key.scopes) as s order by s),
        key.expires_at, coalesce(key.lineage_id, gen_random_uuid()), coalesce(key.generation, 1), key.idle_days,
        key.allowed_cidrs, key.requests_per_minute, key.budget, key.budget_period, coalesce(key.metadata, '{}')
    )
    returning * into made;
    insert into private.api_key_digests (key_id, pepper_version, digest)
    values (made.id, pepper, sha256(decode(digest_hex, 'hex')));
    return to_jsonb(made) || jsonb_build_object('pepper_version', pepper);
end
$$;
comment on function private.store_api_key(public.api_keys, integer, text) is
'Stores a key of the person asking and the digest of its secret, which is hex; answers its row and the version of its pepper.';

create function private.key_shown_again(route text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    answer constant jsonb := private.replayed(route);
begin
    if answer is not null then
        perform private.record('api_keys.shown_again', (answer ->> 'org_id')::uuid, answer ->> 'id');
    end if;
    return answer;
end
$$;
comment on function private.key_shown_again(text) is
'The answer that this request was given before, if any, with an audit row: with it, the secret is drawn once more.';

create function private.make_api_key(key public.api_keys, pepper integer, digest_hex text, nonce text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    answer jsonb;
begin
    perform private.require_function('auth');
    if key.org_id is null then
        key.org_id := private.personal_org(private.me());
    end if;
    perform private.require_permission(key.org_id, 'api-keys:write');
    answer := private.key_shown_again('POST /auth/api-keys');
    if answer is null then
        perform private.check_scopes(key.scopes, key.org_id);
        -- The nonce is kept here and nowhere else: when this answer goes, nobody can draw the secret again.
        answer := private.store_api_key(key, pepper, digest_hex) || jsonb_build_object('nonce', nonce);
        perform private.keep_answer('POST /auth/api-keys', answer);
    end if;
    return answer;
end
$$;
comment on function private.make_api_key(public.api_keys, integer, text, text) is
'Makes a key of the person asking, in their personal organization where none is named. A repeat under an Idempotency-Key answers the same.';

create function private.rotate_api_key(
    key uuid, overlap_seconds integer, ends_at timestamptz, lookup_id text, pepper integer, digest_hex text, nonce text
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    route constant text := 'POST /auth/api-keys/{id}/rotate';
    old public.api_keys;
    next public.api_keys;
    answer jsonb;
begin
    perform private.require_function('auth');
    select k.* into old from public.api_keys as k where k.id = key;
    if old.id is null or old.org_id not in (select private.orgs_with('api-keys:write')) then
        perform private.refuse(404, 'No such API key.');
    end if;
    answer := private.key_shown_again(route);
    if answer is not null then
        return answer;
    end if;
    -- Locked after the claim, so that repeats of one request never wait for each other.
    perform private.lock_organization(old.org_id);
    select k.* into old from public.api_keys as k where k.id = key for no key update;
    if private.end_of_key(old) is not null then
        perform private.refuse(409, 'This API key has ended. Make a new one.');
    elsif exists (select from public.api_keys as k where k.lineage_id = old.lineage_id and k.generation > old.generation) then
        perform private.refuse(409, 'This API key was rotated already. Rotate the newest one of its lineage.');
    elsif (
        select count(*) from public.api_keys as k where k.lineage_id = old.lineage_id and private.end_of_key(k) is null
    ) > 5 then
        perform private.refuse(409, 'Five older keys of this lineage are still taken. Revoke one of them first.');
    elsif (overlap_seconds between 0 and 2592000) is not true then
        perform private.refuse(400, 'The overlap cannot be that long.', '[{"field": "overlapSeconds", "problem": "Choose 0 seconds to 30 days."}]');
    end if;
    perform private.check_scopes(old.scopes, old.org_id);
    next := old;
    next.lookup := lookup_id;
    next.generation := old.generation + 1;
    -- It lives as long as the one before it was meant to.
    next.expires_at := coalesce(ends_at, now() + (old.expires_at - old.created_at));
    answer := private.store_api_key(next, pepper, digest_hex) || jsonb_build_object('nonce', nonce);
    -- Never past its own end: a rotation shortens a life and prolongs none.
    update public.api_keys as k
    set expires_at = least(k.expires_at, now() + make_interval(secs => overlap_seconds))
    where k.id = old.id;
    perform private.keep_answer(route, answer);
    return answer;
end
$$;
comment on function private.rotate_api_key(uuid, integer, timestamptz, text, integer, text, text) is
'Makes the next key of a lineage, of the person asking; the old one lives on for the overlap. 409 for one that was rotated or has ended.';
