-- Jobs: work to be done later, and again until it is done. The shape is pgmq's: sent, read under a lease, archived.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.jobs (
    id bigint generated always as identity primary key,
    kind text not null check (kind ~ '^[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,30}$'),
    payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 16384),
    dedupe_key text check (char_length(dedupe_key) between 1 and 200),
    status text not null default 'waiting' check (status in ('waiting', 'done', 'dead')),
    run_at timestamptz not null default now(),
    token uuid,
    attempts integer not null default 0 check (attempts >= 0),
    max_attempts integer not null default 12 check (max_attempts between 1 and 100),
    last_error text check (char_length(last_error) <= 500),
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((finished_at is null) = (status = 'waiting'))
) with (fillfactor = 70);
comment on table private.jobs is 'One row per piece of work. Whoever reads it has it until run_at passes; then somebody else may.';
comment on column private.jobs.run_at is
'When it may be read: before that it waits for its time, for its next try, or for who is at work on it.';
comment on column private.jobs.token is 'Whose lease it is: who lost theirs can neither finish the job nor fail it.';
comment on column private.jobs.dedupe_key is 'Of two waiting jobs with one key, the second is not sent.';
create index jobs_run_at_idx on private.jobs (run_at, id) where status = 'waiting';
create index jobs_kind_idx on private.jobs (kind, finished_at);
create unique index jobs_dedupe_key_idx on private.jobs (dedupe_key) where status = 'waiting';
call private.seal('private.jobs');
create trigger touch_updated_at before update on private.jobs
for each row execute function private.touch_updated_at();

-- Definer, this one and those below: jobs are closed to every caller.
create function private.send_job(
    kind text, payload jsonb default '{}', dedupe_key text default null, run_at timestamptz default now()
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    sent bigint;
begin
    insert into private.jobs as j (kind, payload, dedupe_key, run_at)
    values (send_job.kind, send_job.payload, send_job.dedupe_key, send_job.run_at)
    on conflict do nothing
    returning j.id into sent;
    return sent;
end
$$;
comment on function private.send_job(text, jsonb, text, timestamptz) is
'Sends a job in the transaction of its cause; answers its id, or null where one with this key is waiting already.';

create function backend.jobs_read(quantity integer default 10, lease_seconds integer default 60) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    taken jsonb;
begin
    perform private.require_function();
    -- Read so often and never finished: whoever takes it falls.
    update private.jobs as j
    set status = 'dead', finished_at = now(), last_error = coalesce(j.last_error, 'its worker fell each time')
    where j.id in (
        select s.id from private.jobs as s
        where s.status = 'waiting' and s.run_at <= now() and s.attempts >= s.max_attempts
        for update skip locked
    );
    with due as (
        select s.id from private.jobs as s
        where s.status = 'waiting' and s.run_at <= now()
        order by s.run_at, s.id
        limit least(greatest(quantity, 1), 100)
        for update skip locked
    ), leased as (
        update private.jobs as j
        set token = gen_random_uuid(), attempts = j.attempts + 1,
            run_at = clock_timestamp() + make_interval(secs => least(greatest(lease_seconds, 1), 900))
        from due where due.id = j.id
        returning j.id, j.kind, j.payload, j.token, j.attempts
    )
    select coalesce(jsonb_agg(to_jsonb(l) order by l.id), '[]') into taken from leased as l;
    return taken;
end
$$;
comment on function backend.jobs_read(integer, integer) is
'Leases jobs that are due: [{id, kind, payload, token, attempts}]. What is not archived when the lease ends is read again.';

create function backend.jobs_extend(job bigint, lease uuid, lease_seconds integer default 60) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.jobs as j
    set run_at = clock_timestamp() + make_interval(secs => least(greatest(lease_seconds, 1), 900))
    where j.id = job and j.token = lease and j.status = 'waiting';
    return found;
end
$$;
comment on function backend.jobs_extend(bigint, uuid, integer) is
'The heartbeat of long work: false for who has lost the lease and must stop.';

create function backend.jobs_archive(job bigint, lease uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.jobs as j set status = 'done', finished_at = now(), token = null
    where j.id = job and j.token = lease and j.status = 'waiting';
    return found;
end
$$;
comment on function backend.jobs_archive(bigint, uuid) is 'Finishes a job; false for who has lost the lease.';

create function backend.jobs_fail(job bigint, lease uuid, error text, final boolean default false) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    outcome text;
begin
    perform private.require_function();
    -- 10 s, 20 s, 40 s, an hour at most, each between half and one and a half of it, so that failures do not march in step.
    update private.jobs as j
    set token = null, last_error = left(error, 500),
        status = case when final or j.attempts >= j.max_attempts then 'dead' else 'waiting' end,
        finished_at = case when final or j.attempts >= j.max_attempts then now() end,
        run_at = clock_timestamp() + least(interval '5 seconds' * power(2, least(j.attempts, 20)), interval '1 hour') * (0.5 + random())
    where j.id = job and j.token = lease and j.status = 'waiting'
    returning j.status into outcome;
    return outcome;
end
$$;
comment on function backend.jobs_fail(bigint, uuid, text, boolean) is
'Puts a job back for a later try, or ends it as dead: waiting or dead; null for who has lost the lease.';

grant execute on function
backend.jobs_read(integer, integer), backend.jobs_extend(bigint, uuid, integer),
backend.jobs_archive(bigint, uuid), backend.jobs_fail(bigint, uuid, text, boolean)
to job_runner;
