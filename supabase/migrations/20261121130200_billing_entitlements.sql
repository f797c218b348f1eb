-- Who is entitled to what, in one place. What was paid for ends by the clock, whether or not an event says so.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('billing_leeway_minutes', '60', 'How long a period that renews may be over before what it pays for ends: renewals take a while.'),
('billing_grace_days', '7', 'For how many days a failed payment takes nothing away.');

alter table private.organization_plans
add column expires_at timestamptz, add column reason text check (char_length(reason) between 1 and 500);
comment on table private.organization_plans is 'Plans that were granted, whatever is paid for: a trial, a courtesy, a contract on paper.';

-- Definer, this one and those below: plans, grants and settings are closed to every caller.
create function private.entitles_until(s public.subscriptions, i public.subscription_items) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    leeway constant interval := (
        select make_interval(mins => g.value::integer) from private.settings as g where g.name = 'billing_leeway_minutes'
    );
    grace constant interval := (
        select make_interval(days => g.value::integer) from private.settings as g where g.name = 'billing_grace_days'
    );
    over constant timestamptz := least(
        i.current_period_end + case when s.cancel_at_period_end then interval '0' else leeway end, s.cancel_at, s.ended_at
    );
begin
    -- incomplete, incomplete_expired, unpaid, paused, canceled, and whatever comes to be: nothing.
    return case
        when s.status in ('active', 'trialing') then over
        when s.status = 'past_due' then least(over, s.past_due_since + grace)
    end;
end
$$;
comment on function private.entitles_until(public.subscriptions, public.subscription_items) is
'Until when a line of a subscription gives what it is for, unless something happens; null for one that gives nothing.';

create function private.plan_sources(org uuid) returns table (plan text, source text, until timestamptz) -- noqa: LT01
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select op.plan, 'grant', coalesce(op.expires_at, 'infinity')
    from private.organization_plans as op where op.org_id = org
    union all
    select p.plan, s.status, private.entitles_until(s, i)
    from public.subscriptions as s
    inner join public.subscription_items as i on i.subscription_id = s.id
    inner join public.prices as c on c.id = i.price_id
    inner join public.products as p on p.id = c.product_id
    where s.org_id = org and s.status in ('active', 'trialing', 'past_due') and p.plan is not null
        and s.livemode = (select g.value::boolean from private.settings as g where g.name = 'billing_livemode');
end
$$;
comment on function private.plan_sources(uuid) is 'What gives an organization a plan, and until when.';

create or replace function private.plan_of(org uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select p.plan from private.plans as p
        where p.plan in (select s.plan from private.plan_sources(org) as s where s.until > now())
            or p.rank = (select min(least_plan.rank) from private.plans as least_plan)
        order by p.rank desc
        limit 1
    );
end
$$;
comment on function private.plan_of(uuid) is
'The best plan that something gives an organization now; the first one where nothing does.';

create function private.org_has(org uuid, feature text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.plan_features as f
        where f.feature = org_has.feature and private.plan_includes(private.plan_of(org), f.plan)
    );
end
$$;
comment on function private.org_has(uuid, text) is 'Whether an organization''s plan, or one that it includes, has a feature.';

create function private.org_limit(org uuid, name text) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    found_one public.plan_limits;
begin
    select l.* into found_one
    from public.plan_limits as l inner join private.plans as p on p.plan = l.plan
    where l.name = org_limit.name and private.plan_includes(private.plan_of(org), l.plan)
    order by p.rank desc
    limit 1;
    return case when found then found_one.quantity else 0 end;
end
$$;
comment on function private.org_limit(uuid, text) is
'How much of a thing an organization''s plan gives, as the best plan says that names it: null is without limit, 0 where none does.';

create function private.orgs_with_feature(wanted text, feature text) returns setof uuid
language plpgsql stable security definer rows 10 set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select o.org from private.orgs_with(wanted) as o (org) where private.org_has(o.org, feature);
end
$$;
comment on function private.orgs_with_feature(text, text) is
'For policies: the organizations in which the caller has a permission, and whose plan has a feature.';
grant execute on function private.org_has(uuid, text), private.org_limit(uuid, text), private.orgs_with_feature(text, text)
to authenticated, integrator;

create function private.entitlements(org uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present constant text := private.plan_of(org);
begin
    if org is null or org not in (select private.orgs_with('settings:read')) then
        perform private.refuse(404, 'No such organization.');
    end if;
    return jsonb_build_object(
        'plan', present,
        'sources', (
            select coalesce(jsonb_agg(jsonb_build_object('plan', s.plan, 'source', s.source, 'until', nullif(s.until, 'infinity')) order by s.until), '[]')
            from private.plan_sources(org) as s where s.until > now()
        ),
        'features', (
            select coalesce(jsonb_agg(distinct f.feature order by f.feature), '[]')
            from public.plan_features as f where private.plan_includes(present, f.plan)
        ),
        'limits', (
            select coalesce(jsonb_object_agg(n.name, private.org_limit(org, n.name)), '{}')
            from (select distinct l.name from public.plan_limits as l) as n
        )
    );
end
$$;
comment on function private.entitlements(uuid) is
'{plan, sources: [{plan, source, until}], features, limits} of an organization of the caller.';
grant execute on function private.entitlements(uuid) to authenticated, integrator;

create function public.entitlements(org uuid) returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
return private.entitlements(org);
comment on function public.entitlements(uuid) is
'What an organization may use now: its plan and what gives it, features, and limits (null is without limit).';
grant execute on function public.entitlements(uuid) to authenticated, integrator;
