-- What the sender of mail looks up for a row of the outbox: to whom it goes, and what it says, as of now.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.spelled(moment timestamptz) returns text
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select to_char(moment at time zone 'utc', 'FMDD FMMonth YYYY, HH24:MI "UTC"')
$$;
comment on function private.spelled(timestamptz) is 'A moment as people read it: 21 November 2026, 07:42 UTC.';

-- Definer, this one and those below: they read addresses and customers' tables.
create function private.address_of(person uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select u.email from auth.users as u
        where u.id = person and u.email_confirmed_at is not null and private.is_in_good_standing(u.id)
    );
end
$$;
comment on function private.address_of(uuid) is
'Where a person gets mail; null without a confirmed address, and for whoever is banned or gone.';

create function private.addresses_of_key(org uuid, maker uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- So many that no organization is left out, and so few that none is a way to mail a crowd.
    return (
        select coalesce(jsonb_agg(distinct told.address), '[]')
        from (
            select private.address_of(m.user_id) as address from public.memberships as m
            where m.org_id = org and (m.role = 'owner' or m.user_id = maker)
            order by (m.user_id = maker) desc, m.created_at limit 50
        ) as told
        where told.address is not null
    );
end
$$;
comment on function private.addresses_of_key(uuid, uuid) is 'Who is told of a key: its maker, while a member, and the owners.';

create function private.mail_of_invitation(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object(
            'to', jsonb_build_array(i.email), 'sender_name', o.name,
            'token', jsonb_build_object('id', i.id, 'pepper_version', d.pepper_version),
            'values', jsonb_build_object(
                'organization', o.name, 'inviter', coalesce(nullif(p.display_name, ''), 'Somebody'), 'role', i.role,
                'expires', private.spelled(i.expires_at)
            )
        )
        from public.invitations as i
        inner join public.organizations as o on o.id = i.org_id
        inner join private.invitation_digests as d on d.invitation_id = i.id
        left join public.profiles as p on p.id = i.invited_by
        where i.id = (effect.payload ->> 'invitation_id')::uuid and i.sends = (effect.payload ->> 'send')::integer
            and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
    );
end
$$;
comment on function private.mail_of_invitation(private.outbox) is
'The mail of an invitation; null for one that was accepted, revoked, sent again since, or has run out.';

create function private.mail_of_key(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object(
            'to', private.addresses_of_key(k.org_id, k.maker_id),
            'sender_name', case when o.personal_of is null then o.name end,
            'values', jsonb_build_object(
                'key', k.name, 'lookup', k.lookup, 'organization', o.name,
                'maker', coalesce(nullif(p.display_name, ''), 'A member without a name'), 'made', private.spelled(k.created_at)
            ) || case
                when effect.kind = 'mail.key_leaked' then jsonb_build_object(
                    'found', private.spelled(effect.created_at),
                    'finder', case when effect.payload ->> 'finder' = 'github' then 'GitHub' else 'somebody who holds it' end,
                    'place', coalesce(nullif(effect.payload ->> 'where', ''), 'not known')
                )
                when effect.kind = 'mail.key_expiring' then jsonb_build_object(
                    'expires', private.spelled(k.expires_at),
                    'left', case when effect.payload ->> 'days' = '1' then 'within a day' else 'within ' || (effect.payload ->> 'days') || ' days' end
                )
                else '{}'
            end
        )
        from public.api_keys as k
        inner join public.organizations as o on o.id = k.org_id
        left join public.profiles as p on p.id = k.maker_id
        where k.id = (effect.payload ->> 'key_id')::uuid and (effect.kind <> 'mail.key_expiring' or private.is_expiring(k, effect.payload))
    );
end
$$;
comment on function private.mail_of_key(private.outbox) is
'The mail of a key that was made, leaked or will expire; null for a key that is gone or does not expire then any more.';

create function private.mail_of_keys(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    org constant uuid := (effect.payload ->> 'org_id')::uuid;
    since constant timestamptz := (effect.payload ->> 'since')::timestamptz;
begin
    return (
        select jsonb_build_object(
            'to', (
                select coalesce(jsonb_agg(distinct address), '[]')
                from unnest(array_agg(distinct k.maker_id)) as maker
                cross join jsonb_array_elements(private.addresses_of_key(o.id, maker)) as address
            ),
            'sender_name', case when o.personal_of is null then o.name end,
            'values', jsonb_build_object(
                'organization', o.name, 'count', count(*)::text,
                'since', private.spelled(since), 'until', private.spelled(effect.due_at)
            )
        )
        from public.api_keys as k inner join public.organizations as o on o.id = k.org_id
        where o.id = org and k.created_at > since and k.created_at <= effect.due_at
        group by o.id
    );
end
$$;
comment on function private.mail_of_keys(private.outbox) is
'The mail of keys that were made soon after one that people were told of; null where none is left.';

create function private.is_expiring(key public.api_keys, payload jsonb) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.end_of_key(key) is null and key.expires_at = (payload ->> 'expires_at')::timestamptz and not exists (
        select from public.api_keys as next where next.lineage_id = key.lineage_id and next.generation > key.generation
    );
end
$$;
comment on function private.is_expiring(public.api_keys, jsonb) is
'Whether a key still lives until the moment that was told of, and nothing has taken its place.';
