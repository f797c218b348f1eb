-- Invitations: an e-mail address, a role, and a token whose digest alone is kept.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.invitations (
    id uuid primary key,
    org_id uuid not null references public.organizations on delete cascade,
    email text not null
    check (email = lower(email) and char_length(email) <= 254)
    check (email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+\.[^@[:space:][:cntrl:]]+$'),
    role text not null references private.roles,
    invited_by uuid references auth.users on delete set null,
    sends integer not null default 1 check (sends between 1 and 10),
    expires_at timestamptz not null default now() + interval '7 days',
    accepted_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (accepted_at is null or revoked_at is null)
);
comment on table public.invitations is 'One row per invitation. Its token is never stored; its digest is in private.invitation_digests.';
comment on column public.invitations.email is 'In lower case. Who accepts must have confirmed this address.';
comment on column public.invitations.sends is 'How often it was sent; 10 at most.';
create unique index invitations_open_idx on public.invitations (org_id, email) where accepted_at is null and revoked_at is null;
create index invitations_org_id_idx on public.invitations (org_id, created_at desc, id desc);
create index invitations_role_idx on public.invitations (role);
create index invitations_invited_by_idx on public.invitations (invited_by);

create table private.invitation_digests (
    invitation_id uuid primary key references public.invitations on delete cascade,
    pepper_version integer not null check (pepper_version > 0),
    digest bytea not null unique check (octet_length(digest) = 32),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.invitation_digests
is 'SHA-256 of each invitation''s token, which our functions derive from its id under a pepper and never store.';

create table private.invitation_sends (
    id bigint generated always as identity primary key,
    org_id uuid references public.organizations on delete set null,
    sender uuid references auth.users on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.invitation_sends is
'One row per mail of an invitation, by which daily quotas are counted. Outlives the organization, or deleting it would be a way around.';
create index invitation_sends_org_id_idx on private.invitation_sends (org_id, created_at);
create index invitation_sends_sender_idx on private.invitation_sends (sender, created_at);

alter table public.invitations enable row level security;
alter table public.invitations force row level security;
call private.seal('private.invitation_digests');
call private.seal('private.invitation_sends');
create trigger touch_updated_at before update on public.invitations
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.invitation_digests
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.invitation_sends
for each row execute function private.touch_updated_at();

insert into private.settings (name, value, description) values
('invitations_per_day', '50', 'How many invitations one organization may send within 24 hours.'),
('invitations_per_person_per_day', '100', 'How many invitations one person may send within 24 hours, in all organizations.');

-- PostgREST tells anybody how many rows the planner expects: nothing may be known of addresses that somebody could guess.
alter table public.invitations alter column email set statistics 0;
