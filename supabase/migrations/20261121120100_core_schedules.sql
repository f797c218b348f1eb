-- Schedules: work that comes due by the clock, sent as jobs by one runner at a time.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.schedules (
    name text primary key check (name ~ '^[a-z][a-z0-9-]{0,40}$'),
    cron text not null check (cron ~ '^\S+( \S+){4}$'),
    kind text not null check (kind ~ '^[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,30}$'),
    payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object'),
    next_run_at timestamptz not null default now(),
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.schedules is 'One row per recurring job. Operators change them; runners move next_run_at on.';
comment on column private.schedules.cron is 'Minute, hour, day of the month, month, day of the week, in UTC: crontab(5).';
call private.seal('private.schedules');
create trigger touch_updated_at before update on private.schedules
for each row execute function private.touch_updated_at();

insert into private.schedules (name, cron, kind) values
('keep-audit', '*/5 * * * *', 'audit.keep'),
('prune-audit', '30 3 1 * *', 'audit.prune'),
('prune', '17 * * * *', 'core.prune');

-- Definer, this one and that below: schedules are closed to every caller.
create function backend.jobs_due() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return (
        select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'cron', s.cron, 'due_at', s.next_run_at) order by s.name), '[]')
        from private.schedules as s
        where s.enabled and s.next_run_at <= now()
    );
end
$$;
comment on function backend.jobs_due() is 'The schedules whose time has come: [{name, cron, due_at}].';

create function backend.jobs_schedule(schedule text, due_at timestamptz, next_at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    moved private.schedules;
begin
    perform private.require_function();
    update private.schedules as s set next_run_at = next_at
    where s.name = schedule and s.next_run_at = due_at and s.enabled and next_at > due_at
    returning s.* into moved;
    if not found then
        return false;
    end if;
    -- One that is still waiting from last time is enough.
    perform private.send_job(moved.kind, moved.payload, 'schedule:' || moved.name);
    return true;
end
$$;
comment on function backend.jobs_schedule(text, timestamptz, timestamptz) is
'Sends the job of a schedule and moves it on; false for who was slower than another runner.';
grant execute on function backend.jobs_due(), backend.jobs_schedule(text, timestamptz, timestamptz) to job_runner;
