-- backend.outbox_mail: the mail of any row of the outbox, and how it is to be sent.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: they read addresses and customers' tables.
create function private.mail_of_person(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    address constant text := coalesce(effect.payload ->> 'address', private.address_of((effect.payload ->> 'user_id')::uuid));
begin
    if address is null then
        return null;
    end if;
    return jsonb_build_object('to', jsonb_build_array(address), 'values', jsonb_build_object(
        'at', private.spelled(effect.created_at)
    ) || case when effect.kind = 'mail.new_device' then jsonb_build_object(
        'device', coalesce(nullif(effect.payload ->> 'agent', ''), 'not known'),
        'place', coalesce(nullif(effect.payload ->> 'ip', ''), 'not known')
    ) else '{}' end);
end
$$;
comment on function private.mail_of_person(private.outbox) is
'The mail about somebody''s own account; null where nobody is left to get it.';

create function private.addresses_of_staff() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(distinct told.address), '[]')
        from (select private.address_of(s.user_id) as address from private.staff as s) as told
        where told.address is not null
    );
end
$$;
comment on function private.addresses_of_staff() is 'Where staff get mail.';

create function private.mail_of_error(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object(
            'to', private.addresses_of_staff(),
            -- Nothing that clients wrote: whoever reports an error would write to staff in our name.
            'values', jsonb_build_object(
                'severity', r.severity, 'first', private.spelled(r.first_seen_at), 'report', r.id
            )
        )
        from private.error_reports as r
        where r.id = (effect.payload ->> 'report_id')::uuid and r.resolved_at is null
    );
end
$$;
comment on function private.mail_of_error(private.outbox) is 'The mail that tells staff of an error; null for one that is resolved.';

create function backend.outbox_mail(outbox_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    effect private.outbox;
    mail jsonb;
begin
    perform private.require_function('core');
    select o.* into effect from private.outbox as o where o.id = outbox_mail.outbox_id;
    mail := case
        when effect.kind = 'mail.invitation' then private.mail_of_invitation(effect)
        when effect.kind in ('mail.key_made', 'mail.key_expiring', 'mail.key_leaked') then private.mail_of_key(effect)
        when effect.kind = 'mail.keys_made' then private.mail_of_keys(effect)
        when effect.kind in ('mail.account_erased', 'mail.new_device') then private.mail_of_person(effect)
        when effect.kind = 'mail.error_report' then private.mail_of_error(effect)
        when effect.kind = 'mail.errors_more' then jsonb_build_object(
            'to', private.addresses_of_staff(), 'values', jsonb_build_object('at', private.spelled(effect.created_at))
        )
    end;
    return mail || jsonb_build_object(
        'template', split_part(effect.kind, '.', 2), 'essential', private.mail_category(effect.kind) is null
    );
end
$$;
comment on function backend.outbox_mail(uuid) is
'{to, template, values, essential, sender_name?, token?} for a row of the outbox; null where there is nothing to be said any more.';
grant execute on function backend.outbox_mail(uuid) to job_runner;
