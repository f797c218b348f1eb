-- Plans: what an organization has subscribed to decides how much it may do. Who pays for one is not decided here.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.plans (
    plan text primary key check (plan ~ '^[a-z][a-z0-9_]{0,30}$'),
    rank integer not null unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.plans is 'Plans from the least to the most; a plan includes what those of lower rank include.';
insert into private.plans (plan, rank) values ('free', 0), ('pro', 1), ('enterprise', 2);

create table private.organization_plans (
    org_id uuid primary key references public.organizations on delete cascade,
    plan text not null references private.plans,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.organization_plans is 'The plan of each organization that has another than the first one.';
create index organization_plans_plan_idx on private.organization_plans (plan);

call private.seal('private.plans');
call private.seal('private.organization_plans');
create trigger touch_updated_at before update on private.plans
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.organization_plans
for each row execute function private.touch_updated_at();
call private.audit('private.organization_plans', 'org_id', 'org_id');

-- Definer: plans are closed to every caller.
create function private.plan_of(org uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(
        (select op.plan from private.organization_plans as op where op.org_id = org),
        (select p.plan from private.plans as p order by p.rank limit 1)
    );
end
$$;
comment on function private.plan_of(uuid) is 'The plan of an organization: the first one where nothing else is known.';

-- Definer: as above, and reads memberships past their own policies.
create function private.plan_of_person(person uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select p.plan
        from private.plans as p
        where p.plan in (select private.plan_of(m.org_id) from public.memberships as m where m.user_id = person)
            or p.rank = (select min(least_plan.rank) from private.plans as least_plan)
        order by p.rank desc
        limit 1
    );
end
$$;
comment on function private.plan_of_person(uuid) is 'The best plan of the organizations that a person is in.';

-- Definer: as above.
create function private.plan_includes(plan text, wanted text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return wanted is null or coalesce(
        (select p.rank from private.plans as p where p.plan = plan_includes.plan)
        >= (select p.rank from private.plans as p where p.plan = wanted), false
    );
end
$$;
comment on function private.plan_includes(text, text) is
'Whether a plan includes what another one includes; every plan includes what needs none, and none what needs an unknown one.';
