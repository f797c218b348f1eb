-- Sending a mail, as the database sees it: begun, then ended, and what is heard of it afterwards.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: deliveries and suppressions are closed to every caller.
create function backend.mail_begin(outbox_id uuid, address text, repeatable boolean) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    delivery private.mail_deliveries;
    ended text;
begin
    perform private.require_function('core');
    -- A repeat finds its row, and locks it.
    insert into private.mail_deliveries as d (outbox_id, address_digest, category)
    select o.id, private.address_digest(address), private.mail_category(o.kind)
    from private.outbox as o
    where o.id = mail_begin.outbox_id
    on conflict on constraint mail_deliveries_outbox_id_address_digest_key do update set updated_at = now()
    returning d.* into delivery;
    if delivery.outcome is not null then
        return null;
    end if;
    ended := case
        when private.is_suppressed(delivery.address_digest, delivery.category) then 'suppressed'
        -- Who repeats safely does so for a day; anybody else may have mailed twice by now.
        when delivery.doubts >= 2 and not (repeatable and delivery.created_at > now() - interval '23 hours') then 'doubtful'
    end;
    update private.mail_deliveries as d
    set outcome = ended, doubts = d.doubts + case when ended is null then 1 else 0 end
    where d.id = delivery.id;
    return case when ended is null then delivery.id end;
end
$$;
comment on function backend.mail_begin(uuid, text, boolean) is
'The id under which to send an outbox row''s mail to an address now; null where it went already, must not go, '
'or may have gone twice. A provider is repeatable that sends a repeat under one key only once.';

create function backend.mail_end(delivery uuid, outcome text, provider_id text default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    open boolean;
begin
    perform private.require_function('core');
    update private.mail_deliveries as d
    set doubts = greatest(d.doubts - 1, 0),
        outcome = case when mail_end.outcome = 'failed' then d.outcome else mail_end.outcome end,
        provider_id = coalesce(nullif(mail_end.provider_id, ''), d.provider_id)
    where d.id = delivery and d.outcome is null;
    open := found;
    if mail_end.outcome = 'refused' then
        insert into private.mail_suppressions (address_digest, reason)
        select d.address_digest, 'bounce' from private.mail_deliveries as d where d.id = delivery
        on conflict do nothing;
    end if;
    if mail_end.outcome in ('sent', 'refused') then
        -- An address that is kept nowhere else has served.
        update private.outbox as o set payload = o.payload - 'address'
        from private.mail_deliveries as d
        where d.id = delivery and o.id = d.outbox_id and o.payload ? 'address';
    end if;
    return open;
end
$$;
comment on function backend.mail_end(uuid, text, text) is
'How sending ended: sent, refused for good by its address, or failed and to be tried again. '
'False where that was known before; a repeat changes nothing.';

create function backend.mail_unsubscribe(delivery uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function('core');
    insert into private.mail_suppressions (address_digest, reason, category)
    select d.address_digest, 'unsubscribed', d.category from private.mail_deliveries as d
    where d.id = delivery and d.category is not null
    on conflict do nothing;
    return exists (select from private.mail_deliveries as d where d.id = delivery and d.category is not null);
end
$$;
comment on function backend.mail_unsubscribe(uuid) is
'Stops mail of the category of this one to its address; false where there is no such mail. A repeat answers the same.';

create function backend.mail_event(provider_id text, reason text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function('core');
    -- Who else sends through the same account has bounces too. Of a mail of ours we know to whom it went: to one address.
    insert into private.mail_suppressions (address_digest, reason)
    select d.address_digest, mail_event.reason from private.mail_deliveries as d
    where d.provider_id = mail_event.provider_id
    on conflict do nothing;
    update private.mail_deliveries as d
    set outcome = case when mail_event.reason = 'bounce' then 'bounced' else 'complained' end
    where d.provider_id = mail_event.provider_id;
    return found;
end
$$;
comment on function backend.mail_event(text, text) is
'What the provider heard of a mail later, bounce or complaint; false, and nothing is noted, where the mail is none of ours. '
'A repeat changes nothing.';

create function backend.jobs_prune_mail(most integer default 20000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten integer;
    gone integer;
    counted integer;
begin
    perform private.require_function();
    update private.outbox as o set payload = o.payload - array['address', 'ip', 'agent']
    where o.ctid = any(array(
        select old.ctid from private.outbox as old
        where old.kind like 'mail.%' and old.payload ?| array['address', 'ip', 'agent'] and old.created_at <= now() - interval '7 days'
        limit most for update skip locked
    ));
    get diagnostics forgotten = row_count;
    -- As long as this, the unsubscribe link of a mail works.
    delete from private.outbox as o where o.ctid = any(array(
        select old.ctid from private.outbox as old
        where old.kind like 'mail.%' and old.created_at <= now() - interval '1 year' limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    -- The longest that sends of invitations are counted for is a day, and the latest of them goes some hours later.
    delete from private.invitation_sends as s where s.ctid = any(array(
        select old.ctid from private.invitation_sends as old
        where old.created_at <= now() - interval '2 days' limit most for update skip locked
    ));
    get diagnostics counted = row_count;
    return jsonb_build_object('forgotten', forgotten, 'outbox', gone, 'invitation_sends', counted);
end
$$;
comment on function backend.jobs_prune_mail(integer) is
'Forgets, a week after its cause, where and from what somebody signed in and the address of who is gone; after two days, '
'to whom invitations went; after a year, the mail.';

insert into private.schedules (name, cron, kind) values ('prune-mail', '41 4 * * *', 'mail.prune');
grant execute on function
backend.mail_begin(uuid, text, boolean), backend.mail_end(uuid, text, text), backend.mail_unsubscribe(uuid),
backend.mail_event(text, text), backend.jobs_prune_mail(integer)
to job_runner;
