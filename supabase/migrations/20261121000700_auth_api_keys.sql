-- API keys: how an organization's programs prove who they are.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.api_keys (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references public.organizations on delete cascade,
    maker_id uuid not null references auth.users on delete cascade,
    name text not null check (char_length(name) between 1 and 100 and name !~ '[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]'),
    lookup text not null unique check (lookup ~ '^[0-9A-Za-z]{12}$'),
    scopes text[] not null check (cardinality(scopes) between 1 and 50 and array_position(scopes, null) is null),
    expires_at timestamptz check (expires_at > created_at and expires_at < '9999-01-01T00:00:00Z'),
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table public.api_keys is 'One row per key ever made. The secret is never stored; its digest is in private.api_key_digests.';
comment on column public.api_keys.maker_id is 'The person who made it. A key never does more than its maker may.';
comment on column public.api_keys.lookup is 'The part of the key that may be shown: it recognizes the key and proves nothing.';
comment on column public.api_keys.scopes is 'Permissions asked for; what holds is what the maker has as well, at each use.';
comment on column public.api_keys.last_used_at is 'Written at most once in 5 minutes.';
create index api_keys_org_id_idx on public.api_keys (org_id, created_at desc, id desc);
create index api_keys_maker_id_idx on public.api_keys (maker_id);

create table private.api_key_digests (
    key_id uuid primary key references public.api_keys on delete cascade,
    pepper_version integer not null check (pepper_version > 0),
    digest bytea not null check (octet_length(digest) = 32),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.api_key_digests
is 'SHA-256 of the HMAC-SHA256 that functions present, so that a copy of this table opens nothing.';

alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
call private.seal('private.api_key_digests');
create trigger touch_updated_at before update of name, scopes, expires_at, revoked_at, maker_id on public.api_keys
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.api_key_digests
for each row execute function private.touch_updated_at();

-- As of other texts that somebody could guess: PostgREST tells what the planner expects.
alter table public.api_keys alter column name set statistics 0;
