-- The outbox: what must happen outside, written in the transaction of its cause.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.outbox (
    id uuid primary key default gen_random_uuid(),
    kind text not null check (kind ~ '^[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,30}$'),
    dedupe_key text not null unique check (char_length(dedupe_key) between 1 and 200),
    payload jsonb not null check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 16384),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.outbox is
'One row per effect to be had outside: mail, calls to other systems. Holds ids and no secrets; the sender looks the rest up.';
comment on column private.outbox.dedupe_key is 'The same cause writes the same key, so that it has its effect once.';
call private.seal('private.outbox');
create trigger touch_updated_at before update on private.outbox
for each row execute function private.touch_updated_at();
