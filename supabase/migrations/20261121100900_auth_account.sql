-- A person's sessions, everything that is known of them, and their end.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: no API role reads auth.sessions.
create function private.list_sessions()
returns table (id uuid, created_at timestamptz, last_used_at timestamptz, user_agent text, ip inet, is_current boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        s.id, s.created_at, coalesce(s.refreshed_at at time zone 'utc', s.updated_at, s.created_at), s.user_agent, s.ip,
        s.id = (private.claims() ->> 'session_id')::uuid
    from auth.sessions as s
    where s.user_id = private.me() and (s.not_after is null or s.not_after > now())
    order by 3 desc, s.id;
end
$$;
comment on function private.list_sessions() is 'Where the person asking is signed in, the latest used first.';

-- Definer: as above. Ending a session ends its refresh tokens, and private.me() no longer knows its access tokens.
create function private.revoke_session(session uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from auth.sessions as s where s.id = session and s.user_id = private.me();
    if not found then
        perform private.refuse(404, 'No such session of yours.');
    end if;
end
$$;
comment on function private.revoke_session(uuid) is 'Signs the person asking out of one session, at once.';

create function private.revoke_other_sessions() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ended integer;
begin
    delete from auth.sessions as s
    where s.user_id = private.me() and s.id <> (private.claims() ->> 'session_id')::uuid;
    get diagnostics ended = row_count;
    return ended;
end
$$;
comment on function private.revoke_other_sessions() is
'Signs the person asking out everywhere else; answers how many sessions that were.';

-- Definer: reads auth.sessions.
create function private.require_fresh_sign_in() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if private.me() is null then
        perform private.refuse(401, 'Sign in first.');
    elsif not exists (
        select from auth.sessions as s
        where s.id = (private.claims() ->> 'session_id')::uuid and s.created_at > now() - interval '10 minutes'
    ) then
        perform private.refuse(403, 'Sign in again to do this: it needs a sign-in of the last 10 minutes.');
    end if;
end
$$;
comment on function private.require_fresh_sign_in() is
'Refuses unless the caller''s session began within 10 minutes. A refreshed token does not count.';

-- Definer: reads auth.users, and rows of organizations the person may not read.
create function private.collect_me() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
begin
    if person is null then
        perform private.refuse(401, 'Sign in first.');
    end if;
    return jsonb_build_object(
        'exported_at', now(),
        'account', (
            select jsonb_build_object(
                'id', u.id, 'email', u.email, 'phone', u.phone, 'created_at', u.created_at,
                'last_sign_in_at', u.last_sign_in_at, 'said_at_sign_up', u.raw_user_meta_data
            ) from auth.users as u where u.id = person
        ),
        'identities', (
            select coalesce(jsonb_agg(
                jsonb_build_object('provider', i.provider, 'identity', i.identity_data) order by i.created_at
            ), '[]')
            from auth.identities as i where i.user_id = person
        ),
        'profile', (select to_jsonb(p) from public.profiles as p where p.id = person),
        'organizations', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', o.id, 'name', o.name, 'role', m.role, 'since', m.created_at
            ) order by m.created_at), '[]')
            from public.memberships as m inner join public.organizations as o on o.id = m.org_id where m.user_id = person
        ),
        'api_keys', (
            select coalesce(jsonb_agg(to_jsonb(k) order by k.created_at), '[]') from public.api_keys as k where k.maker_id = person
        ),
        'invitations_sent', (
            select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at), '[]') from public.invitations as i where i.invited_by = person
        ),
        'sessions', (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from private.list_sessions() as s)
    );
end
$$;
comment on function private.collect_me() is
'Everything that is stored about the person asking, as one document. No secrets: there are none to tell.';

-- Definer: deletes from auth.users.
create function private.erase_me() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
    alone uuid[];
begin
    perform private.require_fresh_sign_in();
    perform pg_advisory_xact_lock(hashtextextended('organizations of ' || person, 0));
    perform from public.organizations as o
    where o.id in (select m.org_id from public.memberships as m where m.user_id = person)
    order by o.id
    for no key update;
    select array_agg(m.org_id) into alone
    from public.memberships as m
    inner join public.organizations as o on o.id = m.org_id and o.personal_of is null
    where m.user_id = person and m.role = 'owner' and not exists (
        select from public.memberships as other
        where other.org_id = m.org_id and other.user_id <> person and other.role = 'owner'
            and private.is_in_good_standing(other.user_id)
    );
    if exists (
        select from public.memberships as other where other.org_id = any(alone) and other.user_id <> person
    ) then
        perform private.refuse(409, 'You are the last owner of an organization with other members. Hand it over or delete it first.');
    end if;
    perform private.note_erasure(person);
    delete from public.invitations as i
    using auth.users as u
    where u.id = person and u.email_confirmed_at is not null and i.email = lower(u.email);
    delete from public.organizations as o where o.id = any(alone);
    delete from auth.users as u where u.id = person;
end
$$;
comment on function private.erase_me() is
'Deletes the person asking, what is personal, and organizations that nobody else is in. Needs a fresh sign-in.';
