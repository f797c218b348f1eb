-- Admission: one call answers who is asking and whether they may use this route. A refusal is data, so that what it spends stays spent.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.refusal(status integer, reason text, message text) returns jsonb
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('admitted', false, 'status', status, 'reason', reason, 'message', message)
$$;
comment on function private.refusal(integer, text, text) is 'A refusal as backend.admit answers it.';

-- Definer: writes api_keys.
create function private.record_key_use(key_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- A row that another request holds is being stamped by it: not worth waiting for.
    update public.api_keys as k set last_used_at = now()
    where k.id in (
        select stale.id from public.api_keys as stale
        where stale.id = record_key_use.key_id
            and (stale.last_used_at is null or stale.last_used_at < now() - interval '5 minutes')
        for update skip locked
    );
end
$$;
comment on function private.record_key_use(uuid) is 'Stamps last_used_at, at most once in 5 minutes for each key.';

-- Definer: reads memberships and permissions.
create function private.effective_scopes(claims jsonb) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select rp.permission
        from public.memberships as m
        inner join private.role_permissions as rp on rp.role = m.role
        where m.org_id = (claims ->> 'org_id')::uuid
            and m.user_id = (claims ->> 'maker')::uuid
            and (claims -> 'scopes') ? rp.permission
        order by rp.permission
    );
end
$$;
comment on function private.effective_scopes(jsonb) is 'What an API key may do now: its scopes that its maker holds too.';

-- Definer: calls what is closed to gatekeeper.
create function backend.admit(route text, needs text default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    problem constant text := nullif(current_setting('mainstay.key_problem', true), '');
    scopes text[];
begin
    perform private.require_function();
    if problem is not null then
        return private.refusal(401, problem, case problem
            when 'key_revoked' then 'This API key was revoked. Make a new one.'
            when 'key_expired' then 'This API key has expired. Make a new one.'
            when 'key_orphaned' then 'The maker of this API key has left the organization. Make a new key.'
            else 'This API key is not known here. Check that it was copied whole.'
        end);
    elsif claims ->> 'role' = 'integrator' then
        scopes := private.effective_scopes(claims);
        if needs is not null and needs <> all (scopes) then
            return private.refusal(403, 'scope_missing', format(
                'Insufficient permissions: this needs the scope %s, which the key or its maker does not have.', needs
            ));
        end if;
        perform private.record_key_use((claims ->> 'sub')::uuid);
        return jsonb_build_object('admitted', true, 'principal', jsonb_build_object(
            'kind', 'key', 'id', claims -> 'sub', 'maker_id', claims -> 'maker', 'org_id', claims -> 'org_id', 'scopes', scopes
        ));
    elsif private.me() is null then
        return private.refusal(401, 'session_ended', 'This session has ended. Sign in again.');
    end if;
    return jsonb_build_object('admitted', true, 'principal', jsonb_build_object(
        'kind', 'person', 'id', claims -> 'sub', 'aal', coalesce(claims ->> 'aal', 'aal1')
    ));
end
$$;
comment on function backend.admit(text, text) is
'{admitted, principal} or {admitted: false, status, reason, message} for the caller of a function''s route, which needs a permission.';
grant execute on function backend.admit(text, text) to gatekeeper;
