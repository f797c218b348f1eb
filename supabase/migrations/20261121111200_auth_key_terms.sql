-- The terms of an API key: its lineage, when it ends by disuse, where it may be used from, how much it may do, and notes about it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- One short row for each key ever made: rewriting and indexing 100,000 of them takes under a second.
alter table public.api_keys
-- squawk-ignore adding-field-with-default
add column lineage_id uuid not null default gen_random_uuid(),
add column generation integer not null default 1 check (generation > 0),
add column idle_days integer check (idle_days between 1 and 3650),
add column allowed_cidrs cidr[]
check (cardinality(allowed_cidrs) between 1 and 50 and array_position(allowed_cidrs, null) is null),
add column requests_per_minute integer check (requests_per_minute between 1 and 1000000),
add column budget bigint check (budget between 0 and 1000000000000),
add column budget_period text check (budget_period in ('day', 'month')),
add column metadata jsonb not null default '{}'
check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 4096)
-- What is nested deeper, readers elsewhere give up on.
check (not jsonb_path_exists(metadata, '$.**{9 to last}')),
add column last_used_ip inet,
add column last_used_agent text check (char_length(last_used_agent) <= 256),
-- squawk-ignore constraint-missing-not-valid
add constraint api_keys_budget_period_check1 check (budget_period is null or budget is not null);
comment on column public.api_keys.lineage_id is
'What a key and those that replaced it have in common; limits and budget are shared by all of a lineage.';
comment on column public.api_keys.generation is 'Which one of its lineage: a rotation makes the next.';
comment on column public.api_keys.idle_days is 'It ends when it was not used for so many days; null for never.';
comment on column public.api_keys.allowed_cidrs is 'Where it may be used from; null for anywhere.';
comment on column public.api_keys.requests_per_minute is 'A limit of its own, beside those of the plan.';
comment on column public.api_keys.budget is 'How many requests it may make in all, or in each period; null for no bound.';
comment on column public.api_keys.budget_period is 'When the budget is full again: at the next day or month, in UTC; null for never.';
comment on column public.api_keys.metadata is 'What its users want to note about it. Nothing here is acted on.';
comment on column public.api_keys.last_used_ip is 'Where it was used from when last_used_at was written.';
-- squawk-ignore require-concurrent-index-creation
create unique index api_keys_lineage_id_idx on public.api_keys (lineage_id, generation);
create or replace trigger touch_updated_at before update of
name, scopes, expires_at, revoked_at, maker_id, idle_days, allowed_cidrs, requests_per_minute, budget, budget_period, metadata
on public.api_keys
for each row execute function private.touch_updated_at();

-- Logged, unlike buckets: what is paid for must outlive a crash.
create table private.key_budgets (
    lineage_id uuid primary key,
    org_id uuid not null references public.organizations on delete cascade,
    spent bigint not null default 0 check (spent >= 0),
    since timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
) with (fillfactor = 70);
comment on table private.key_budgets is 'How many requests of its budget a lineage has made in the period that began at `since`.';
create index key_budgets_org_id_idx on private.key_budgets (org_id);
call private.seal('private.key_budgets');
create trigger touch_updated_at before update on private.key_budgets
for each row execute function private.touch_updated_at();

create function private.budget_began(period text) returns timestamptz
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case when period is null then '-infinity' else date_trunc(period, now(), 'UTC') end
$$;
comment on function private.budget_began(text) is 'When the present period of a budget began.';

-- Definer: budgets are closed to every caller.
create function private.budget_left(key public.api_keys) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- Least passes over nulls: without a budget, this is null.
    return key.budget - least(key.budget, coalesce((
        select b.spent from private.key_budgets as b
        where b.lineage_id = key.lineage_id and b.since >= private.budget_began(key.budget_period)
    ), 0));
end
$$;
comment on function private.budget_left(public.api_keys) is 'How many requests of its budget a key has left; null where it has none.';

-- Definer: as above.
create function private.spend_budget(key public.api_keys) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    began constant timestamptz := private.budget_began(key.budget_period);
begin
    if key.budget is null then
        return true;
    end if;
    insert into private.key_budgets as b (lineage_id, org_id, spent)
    select key.lineage_id, key.org_id, 1 where key.budget > 0
    on conflict (lineage_id) do update
    set spent = case when b.since < began then 1 else b.spent + 1 end,
        since = case when b.since < began then now() else b.since end
    where b.since < began or b.spent < key.budget;
    return found;
end
$$;
comment on function private.spend_budget(public.api_keys) is
'Takes one request of a key''s budget, or answers false where nothing is left. Exact: never more than the budget.';

-- To be used, also from elsewhere, is no change.
create or replace function private.audit_updated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor constant private.actor := private.actor();
    keys constant text[] := string_to_array(tg_argv[1], ',');
    hidden constant text[] := string_to_array(tg_argv[2], ',');
    stamps constant text[] := array['updated_at', 'last_used_at', 'last_used_ip', 'last_used_agent'];
begin
    insert into public.audit_log (
        org_id, action, subject, actor_kind, actor_id, actor_name, before, after, request_id, ip, agent
    )
    select (coalesce(n.kept, o.kept) ->> tg_argv[0])::uuid, tg_table_name || '.update',
        case when keys[2] is null then coalesce(n.kept, o.kept) ->> keys[1]
            else (coalesce(n.kept, o.kept) ->> keys[1]) || '/' || (coalesce(n.kept, o.kept) ->> keys[2]) end,
        actor.kind, actor.id, actor.name, o.kept - hidden, n.kept - hidden, actor.request_id, actor.ip, actor.agent
    from (select to_jsonb(r) as kept, to_jsonb(r) -> keys[1] as k1, coalesce(to_jsonb(r) -> keys[2], 'null') as k2 from new_rows as r offset 0) as n
    -- Full: a row whose key changed has no partner, and shows as one that went and one that came.
    full join (select to_jsonb(r) as kept, to_jsonb(r) -> keys[1] as k1, coalesce(to_jsonb(r) -> keys[2], 'null') as k2 from old_rows as r offset 0) as o
        on o.k1 = n.k1 and o.k2 = n.k2
    where o.kept - stamps is distinct from n.kept - stamps;
    return null;
end
$$;
