-- The only functions that policies may call, each once per statement: who is asking, and in which organizations may they do this.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: reads auth.users, which no API role may.
create function private.is_in_good_standing(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from auth.users as u
        where u.id = person
            and u.deleted_at is null
            and (u.banned_until is null or u.banned_until <= now())
            and not u.is_anonymous
    );
end
$$;
comment on function private.is_in_good_standing(uuid) is 'Whether the person exists, and is neither banned, deleted nor anonymous.';

-- Definer: reads auth.sessions, which no API role may. plpgsql keeps its plan; language sql would be planned at each use.
create function private.me() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
begin
    if claims ->> 'role' is distinct from 'authenticated'
        or claims ->> 'aud' is distinct from 'authenticated'
        or claims ? 'client_id'
    then
        return null;
    end if;
    return (
        select s.user_id
        from auth.sessions as s
        where s.id = (claims ->> 'session_id')::uuid
            and s.user_id = (claims ->> 'sub')::uuid
            and (s.not_after is null or s.not_after > now())
            and private.is_in_good_standing(s.user_id)
    );
end
$$;
comment on function private.me() is
'The person asking; null for anybody else, for an ended session, a banned, deleted or anonymous person, and another app''s token.';

-- Definer: reads memberships past their own policies, and auth.users.
create function private.maker_with(wanted text) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
begin
    if claims ->> 'role' is distinct from 'integrator' or not (claims -> 'scopes') ? wanted then
        return null;
    end if;
    return (
        select m.user_id
        from public.memberships as m
        inner join private.role_permissions as rp on rp.role = m.role and rp.permission = wanted
        where m.org_id = (claims ->> 'org_id')::uuid
            and m.user_id = (claims ->> 'maker')::uuid
            and private.is_in_good_standing(m.user_id)
    );
end
$$;
comment on function private.maker_with(text) is
'For an API key: its maker, if the key has this scope and the maker still has this permission; else null.';

-- Definer: reads memberships past their own policies, or they would recurse.
create function private.orgs_with(wanted text) returns setof uuid
language plpgsql stable security definer rows 10 set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    person uuid;
begin
    if claims ->> 'role' = 'integrator' then
        if private.maker_with(wanted) is not null then
            return next (claims ->> 'org_id')::uuid;
        end if;
        return;
    end if;
    person := private.me();
    return query
    select m.org_id
    from public.memberships as m
    inner join private.role_permissions as rp on rp.role = m.role and rp.permission = wanted
    where m.user_id = person;
end
$$;
comment on function private.orgs_with(text) is
'The organizations in which the caller, a person or an API key, has this permission now.';

grant execute on function private.me(), private.orgs_with(text), private.claims() to authenticated, integrator;
grant execute on function private.maker_with(text) to integrator;
grant execute on function private.require_function(text) to authenticated, integrator;
grant execute on function private.refuse(integer, text, jsonb, text) to authenticated, integrator;
