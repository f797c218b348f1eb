-- People are told when they erased themselves, and of a sign-in from a device not seen before.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function private.note_erasure(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.record('account.erased', private.personal_org(person), person::text);
    -- Answers kept for repeats of theirs go with them.
    delete from private.idempotency_keys as k where k.scope = person;
    -- The one address that the outbox holds: in a moment it stands nowhere else. It goes with the mail.
    insert into private.outbox (kind, dedupe_key, payload)
    select 'mail.account_erased', 'account_erased:' || person, jsonb_build_object('address', private.address_of(person))
    where private.address_of(person) is not null
    on conflict (dedupe_key) do nothing;
end
$$;
comment on function private.note_erasure(uuid) is
'Notes that somebody erased themselves, before they are gone, forgets the answers that were kept for them, and has them told by mail.';

create or replace function private.note_sign_in() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from auth.sessions as s where s.user_id = new.user_id and s.id <> new.id)
        and not exists (
            select from auth.sessions as s
            where s.user_id = new.user_id and s.id <> new.id and s.user_agent is not distinct from new.user_agent
        )
    then
        insert into public.audit_log (org_id, action, subject, actor_kind, actor_id, ip, agent)
        values (
            private.personal_org(new.user_id), 'sessions.new_device', new.id::text, 'person', new.user_id,
            new.ip, left(new.user_agent, 256)
        );
        -- What is told is written here: who ends the session at once would leave nothing to look up.
        insert into private.outbox (kind, dedupe_key, payload) values (
            'mail.new_device', 'new_device:' || new.id,
            jsonb_build_object('user_id', new.user_id, 'ip', host(new.ip), 'agent', left(new.user_agent, 256))
        ) on conflict (dedupe_key) do nothing;
    end if;
    return null;
end
$$;
comment on function private.note_sign_in() is
'Trigger of auth.sessions: notes a sign-in from a device with no other session of that person, and has them told by mail.';
