-- Each module's jobs are done by a function of its own, which holds what only they need: read by kind, and waited for.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Who names two arguments finds the new one: its others have defaults, under which it reads what it read.
-- squawk-ignore ban-drop-function
drop function backend.jobs_read(integer, integer);
-- Definer, this one and that below: jobs are closed to every caller.
create function backend.jobs_read(
    quantity integer default 10, lease_seconds integer default 60, kinds text default '%', besides text default 'billing.%'
) returns jsonb
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
        where s.status = 'waiting' and s.run_at <= now() and s.kind like kinds and s.kind not like besides
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
comment on function backend.jobs_read(integer, integer, text, text) is
'Leases jobs that are due, of kinds like this and not like that: [{id, kind, payload, token, attempts}]. '
'What is not archived when the lease ends is read again.';

create function backend.jobs_next(kinds text default '%', besides text default 'billing.%') returns double precision
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return (
        select extract(epoch from min(j.run_at) - clock_timestamp())
        from private.jobs as j
        -- What somebody is at work on comes due when they fall, which is not waited for.
        where j.status = 'waiting' and j.token is null and j.kind like kinds and j.kind not like besides
    );
end
$$;
comment on function backend.jobs_next(text, text) is 'In how many seconds the next of these jobs comes due; null where none waits.';
grant execute on function backend.jobs_read(integer, integer, text, text), backend.jobs_next(text, text) to job_runner;
