-- Everything a customer owns belongs to an organization; people belong to organizations by membership.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.profiles (
    id uuid primary key references auth.users on delete cascade,
    display_name text not null default '' check (char_length(display_name) <= 100)
    check (display_name !~ '[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]'),
    avatar_url text check (avatar_url ~ '^https://' and char_length(avatar_url) <= 2048),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
-- Names hold no control characters and none that turn the direction of what follows.
comment on table public.profiles is 'One row per person: what they say of themselves. Never a role, plan, factor or billing id.';
comment on column public.profiles.id is 'The person: auth.users.id.';
comment on column public.profiles.display_name is 'How the person wants to be called; may be empty.';
comment on column public.profiles.avatar_url is 'An https address of a picture.';

create table public.organizations (
    id uuid primary key default gen_random_uuid(),
    name text not null check (char_length(name) between 1 and 100 and name !~ '[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]'),
    personal_of uuid unique references auth.users on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table public.organizations is 'The tenant: customers'' rows carry its id.';
comment on column public.organizations.personal_of is 'Set on a personal organization: the person whose it is, and with whom it goes.';

create table public.memberships (
    org_id uuid not null references public.organizations on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    role text not null references private.roles,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (org_id, user_id)
);
comment on table public.memberships is 'Who belongs to which organization, in which role.';
create index memberships_user_id_idx on public.memberships (user_id, org_id, role);
create index memberships_role_idx on public.memberships (role);

alter table public.profiles enable row level security;
alter table public.profiles force row level security;
alter table public.organizations enable row level security;
alter table public.organizations force row level security;
alter table public.memberships enable row level security;
alter table public.memberships force row level security;
create trigger touch_updated_at before update on public.profiles
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.organizations
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.memberships
for each row execute function private.touch_updated_at();
