-- Mail: what went to whom, so that nothing goes twice, and who is not to be written to. Addresses are kept as digests only.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.mail_suppressions (
    address_digest bytea not null check (octet_length(address_digest) = 32),
    reason text not null check (reason in ('bounce', 'complaint', 'unsubscribed')),
    category text not null default 'all' check (category ~ '^[a-z][a-z_]{0,30}$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (address_digest, reason, category)
);
comment on table private.mail_suppressions is
'SHA-256 of addresses that are not to be written to: nothing goes to one that bounced, and nothing that can be unsubscribed '
'from to one that complained, or of the category that it unsubscribed from.';
call private.seal('private.mail_suppressions');
create trigger touch_updated_at before update on private.mail_suppressions
for each row execute function private.touch_updated_at();

create table private.mail_deliveries (
    id uuid primary key default gen_random_uuid(),
    outbox_id uuid not null references private.outbox on delete cascade,
    address_digest bytea not null check (octet_length(address_digest) = 32),
    category text check (category ~ '^[a-z][a-z_]{0,30}$'),
    doubts integer not null default 0 check (doubts >= 0),
    outcome text check (outcome in ('sent', 'refused', 'suppressed', 'doubtful', 'bounced', 'complained')),
    provider_id text check (char_length(provider_id) <= 200),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (outbox_id, address_digest)
);
comment on table private.mail_deliveries is 'One row for each mail to each address. Its id is what unsubscribe links are made of.';
comment on column private.mail_deliveries.category is 'What one can unsubscribe from; null for mail that everybody gets.';
comment on column private.mail_deliveries.doubts is 'How often sending began and nobody heard how it ended.';
comment on column private.mail_deliveries.outcome is 'Null as long as it is to be sent.';
comment on column private.mail_deliveries.provider_id is 'What Resend calls it, or the Message-ID.';
create index mail_deliveries_provider_id_idx on private.mail_deliveries (provider_id);
call private.seal('private.mail_deliveries');
create trigger touch_updated_at before update on private.mail_deliveries
for each row execute function private.touch_updated_at();

insert into private.limits (name, spent_by, quantity, period) values
-- Mailbox providers unsubscribe for all their people from few addresses.
('mail-unsubscribe', 'address', 600, '1 minute');

create function private.address_digest(address text) returns bytea
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select sha256(convert_to(lower(btrim(address)), 'utf8'))
$$;
comment on function private.address_digest(text) is 'By what an address is known that is not kept: SHA-256 of it in lower case.';

create function private.mail_category(kind text) returns text
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case when kind = 'mail.invitation' then 'invitations' when kind = 'mail.key_expiring' then 'expiring_keys' end
$$;
comment on function private.mail_category(text) is
'What a kind of mail can be unsubscribed from as; null for those that tell of danger or of an end, which everybody gets.';

-- Definer: suppressions are closed to every caller.
create function private.is_suppressed(digest bytea, category text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from private.mail_suppressions as s
        where s.address_digest = digest
            and (s.reason = 'bounce' or s.category = is_suppressed.category or (s.category = 'all' and is_suppressed.category is not null))
    );
end
$$;
comment on function private.is_suppressed(bytea, text) is 'Whether an address is not to get mail of this category; null is that of all.';
