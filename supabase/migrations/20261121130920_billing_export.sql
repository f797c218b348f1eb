-- What a person is told of themselves names the seats that they have. Whom they gave one is told of those people, not of them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function private.collect_me() returns jsonb
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
        'seats', (
            select coalesce(jsonb_agg(jsonb_build_object('org_id', s.org_id, 'since', s.created_at) order by s.created_at), '[]')
            from public.seats as s where s.user_id = person
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
