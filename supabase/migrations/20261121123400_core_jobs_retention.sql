-- Jobs go: those that are done after two weeks, dead ones after three months, in which somebody could have replayed them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('jobs_kept_days', '14', 'How many days a job is kept after it was done.'),
('dead_jobs_kept_days', '90', 'How many days a job is kept after it was given up.');

-- Definer: the job runner owns nothing.
create function backend.jobs_prune_jobs(most integer default 20000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    gone jsonb := '{}';
    deleted integer;
    ended text;
    kept interval;
begin
    perform private.require_function();
    for ended, kept in
        select o.status, make_interval(days => s.value::integer)
        from (values ('done', 'jobs_kept_days'), ('dead', 'dead_jobs_kept_days')) as o (status, setting)
        inner join private.settings as s on s.name = o.setting
    loop
        delete from private.jobs as j where j.ctid = any(array(
            select old.ctid from private.jobs as old
            where old.status = ended and old.finished_at <= now() - kept limit most for update skip locked
        ));
        get diagnostics deleted = row_count;
        gone := gone || jsonb_build_object(ended, deleted);
    end loop;
    return gone;
end
$$;
comment on function backend.jobs_prune_jobs(integer) is
'Deletes jobs that ended long ago, at most so many of each kind of end, and says how many: call again while one of them is full.';
grant execute on function backend.jobs_prune_jobs(integer) to job_runner;
insert into private.schedules (name, cron, kind) values ('prune-jobs', '53 3 * * *', 'jobs.prune');
