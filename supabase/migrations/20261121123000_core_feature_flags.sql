-- Feature flags: which feature is on for whom. Operators change rows, SQL decides, and no flag reaches limits or policies.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.feature_flags (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    enabled boolean not null default false,
    percentage numeric(5, 2) not null default 0 check (percentage between 0 and 100),
    rolled_by text not null default 'organization' check (rolled_by in ('organization', 'person')),
    organizations uuid[] not null default '{}'
    check (cardinality(organizations) <= 1000 and array_position(organizations, null) is null),
    plans text[] not null default '{}' check (cardinality(plans) <= 20 and array_position(plans, null) is null),
    public boolean not null default false,
    description text not null check (char_length(description) between 1 and 500),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.feature_flags is
'One row per feature. On for the organizations and plans named, and for a share of the others; a flag without a row is off.';
comment on column private.feature_flags.enabled is 'The kill switch: false is off for everybody, whatever else the row says.';
comment on column private.feature_flags.percentage is 'Which share has it. Who has it at 10 % has it at 50 %, too.';
comment on column private.feature_flags.rolled_by is 'Whether the share is one of organizations or of people.';
comment on column private.feature_flags.public is 'Whether clients are told how it stands for them.';
call private.seal('private.feature_flags');
create trigger touch_updated_at before update on private.feature_flags
for each row execute function private.touch_updated_at();
call private.audit('private.feature_flags', 'none', 'name');

create function private.check_flag() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from unnest(new.plans) as p where p not in (select known.plan from private.plans as known)) then
        raise check_violation using message = 'A flag names a plan that is not in private.plans.';
    end if;
    return new;
end
$$;
comment on function private.check_flag() is 'Trigger of feature_flags: a misspelt plan would be on for nobody, without a word.';
create trigger check_plans before insert or update on private.feature_flags
for each row execute function private.check_flag();

create function private.place_in(flag text, subject uuid) returns integer
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    -- SHA-256 and not hashtext(), which another version of Postgres may compute otherwise.
    select mod(('x' || encode(substr(sha256(convert_to(flag || '/' || subject, 'utf8')), 1, 4), 'hex'))::bit(32)::bigint, 10000)::integer
$$;
comment on function private.place_in(text, uuid) is
'Where somebody stands in the roll-out of a flag, from 0 to 9999: the same always, and for each flag another.';

-- Definer: reads plans and memberships, closed to the caller.
create function private.is_on(flag private.feature_flags, org uuid, person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    subject constant uuid := case when flag.rolled_by = 'person' then person else coalesce(org, person) end;
begin
    return flag.enabled and coalesce(
        flag.percentage = 100
        or org = any(flag.organizations)
        or (org is not null and private.plan_of(org) = any(flag.plans))
        or (org is null and person is not null and private.plan_of_person(person) = any(flag.plans))
        or private.place_in(flag.name, subject) < flag.percentage * 100,
        false
    );
end
$$;
comment on function private.is_on(private.feature_flags, uuid, uuid) is
'Whether a flag is on for an organization and a person; either may be null. Nobody in particular has what everybody has.';

-- Definer, this one and that below: flags are closed to the caller.
create function private.flag(name text, org uuid default null, person uuid default null) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce((select private.is_on(f, org, person) from private.feature_flags as f where f.name = flag.name), false);
end
$$;
comment on function private.flag(text, uuid, uuid) is 'Whether a feature is on for somebody; false for a flag that nobody has made.';

create function private.flags(org uuid, person uuid, only_public boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_object_agg(f.name, private.is_on(f, org, person)), '{}')
        from private.feature_flags as f
        where f.public or not only_public
    );
end
$$;
comment on function private.flags(uuid, uuid, boolean) is 'How flags stand for somebody: {name: true or false}.';
