-- Invitations leave time between two mails to one mailbox, whoever has them sent.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table private.invitation_sends
add column mailbox bytea check (octet_length(mailbox) = 32),
add column goes_at timestamptz;
comment on column private.invitation_sends.mailbox is 'To which mailbox, as private.mailbox_digest knows it. Kept for two days.';
comment on column private.invitation_sends.goes_at is 'When its mail goes; null for one that does not, as the mailbox had enough.';
-- squawk-ignore require-concurrent-index-creation
create index invitation_sends_mailbox_idx on private.invitation_sends (mailbox, created_at);

insert into private.settings (name, value, description) values
('invitations_per_mailbox_per_day', '5', 'How many invitations go to one mailbox within 24 hours, from all organizations.');

create function private.mailbox_digest(address text) returns bytea
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select private.address_digest(
        replace(split_part(split_part(address, '@', 1), '+', 1), '.', '') || '@' || split_part(address, '@', 2)
    )
$$;
comment on function private.mailbox_digest(text) is
'By what a mailbox is known whose owner has many addresses: ann+news@example.com and a.nn@example.com are ann@example.com.';

-- Definer, this one and the next: sends and the outbox are closed to who invites.
create function private.mailbox_free_at(box bytea) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'invitations_per_mailbox_per_day');
    sent integer;
    last timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('invitations to ' || box::text, 0));
    select count(*), max(s.goes_at) into sent, last from private.invitation_sends as s
    where s.mailbox = box and s.goes_at > now() - interval '24 hours';
    return case when sent < most then greatest(now(), last + interval '1 hour') end;
end
$$;
comment on function private.mailbox_free_at(bytea) is
'When an invitation may go to a mailbox: an hour after the last, and five within a day; null where it had those.';

create or replace function private.send_invitation(invitation public.invitations) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'invitations_per_day');
    mine constant integer := (select s.value::integer from private.settings as s where s.name = 'invitations_per_person_per_day');
    person constant uuid := private.me();
    box constant bytea := private.mailbox_digest(invitation.email);
    free_at timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('invitations of ' || person, 0));
    if (
        select count(*) from private.invitation_sends as s
        where s.org_id = invitation.org_id and s.created_at > now() - interval '24 hours'
    ) >= most then
        perform private.refuse(429, format('An organization may send %s invitations a day. Try again tomorrow.', most));
    elsif (
        select count(*) from private.invitation_sends as s where s.sender = person and s.created_at > now() - interval '24 hours'
    ) >= mine then
        perform private.refuse(429, format('One person may send %s invitations a day. Try again tomorrow.', mine));
    elsif exists (
        select from private.invitation_sends as s
        where s.org_id = invitation.org_id and s.mailbox = box and s.created_at > now() - interval '10 minutes'
    ) then
        perform private.refuse(429, 'This organization sent an invitation to this address within the last 10 minutes. Try again later.');
    end if;
    -- What others send there is not told: it says who else knows the address.
    free_at := private.mailbox_free_at(box);
    insert into private.invitation_sends (org_id, sender, mailbox, goes_at) values (invitation.org_id, person, box, free_at);
    if free_at is not null then
        insert into private.outbox (kind, dedupe_key, payload, due_at) values (
            'mail.invitation', format('invitation:%s:%s', invitation.id, invitation.sends),
            jsonb_build_object('invitation_id', invitation.id, 'send', invitation.sends), free_at
        );
    end if;
end
$$;
comment on function private.send_invitation(public.invitations) is
'Writes the outbox row of one mail, within the daily quotas of organization and person, which are told, and of the mailbox, '
'which is not. The caller holds the organization''s lock.';
