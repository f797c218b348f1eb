-- A change of plan leaves an audit row and an event for whoever cares, in the transaction of its cause or when the clock causes it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.known_plans (
    org_id uuid primary key references public.organizations on delete cascade,
    plan text not null references private.plans,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.known_plans is
'The plan that was last announced of each organization that ever had another than the first. It decides nothing: private.plan_of does.';
create index known_plans_plan_idx on private.known_plans (plan);
call private.seal('private.known_plans');
create trigger touch_updated_at before update on private.known_plans
for each row execute function private.touch_updated_at();

-- Definer, this one and those below: they write what is closed to every caller.
create function private.announce_plan(org uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present constant text := private.plan_of(org);
    former text;
    change uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended('private.known_plans ' || org, 0));
    select coalesce(
        (select k.plan from private.known_plans as k where k.org_id = org),
        (select p.plan from private.plans as p order by p.rank limit 1)
    ) into former;
    if present = former then
        return false;
    end if;
    insert into private.known_plans as k (org_id, plan) values (org, present)
    on conflict (org_id) do update set plan = excluded.plan;
    perform private.record(
        'plan.changed', org, org::text, jsonb_build_object('plan', former), jsonb_build_object('plan', present)
    );
    change := gen_random_uuid();
    insert into private.outbox (id, kind, dedupe_key, payload) values (
        change, 'billing.plan_changed', 'plan:' || change, jsonb_build_object('org_id', org, 'former', former, 'plan', present)
    );
    return true;
end
$$;
comment on function private.announce_plan(uuid) is
'If an organization''s plan is another than was last announced: writes the audit row and the event plan_changed. Tells whether it was.';

create function private.announce_granted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        -- The organization may be going with its grant.
        perform private.announce_plan(o.id) from public.organizations as o where o.id = old.org_id;
        return null;
    end if;
    perform private.announce_plan(new.org_id);
    return null;
end
$$;
comment on function private.announce_granted() is 'Trigger of organization_plans: what is granted is announced at once.';
create trigger announce after insert or update or delete on private.organization_plans
for each row execute function private.announce_granted();

create function backend.jobs_announce_plans() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    announced integer;
begin
    perform private.require_function();
    select count(*) filter (where private.announce_plan(k.org_id)) into announced
    from private.known_plans as k where k.plan <> private.plan_of(k.org_id);
    return announced;
end
$$;
comment on function backend.jobs_announce_plans() is
'Announces plans that ended by the clock, without an event: of how many organizations. A repeat finds none.';
grant execute on function backend.jobs_announce_plans() to job_runner;
insert into private.schedules (name, cron, kind) values ('announce-plans', '*/5 * * * *', 'billing.announce_plans');
