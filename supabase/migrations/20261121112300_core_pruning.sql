-- What has run out goes: buckets that are full again, attempts and sign-ups that no longer count, answers that are a day old.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: the job runner owns nothing.
create function backend.jobs_prune() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    gone integer;
    pruned jsonb := '{}';
begin
    perform private.require_function();
    delete from private.idempotency_keys as k where k.expires_at <= now();
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('idempotency_keys', gone);
    -- Somebody may be at one of them: it is left for the next time rather than waited for.
    delete from private.rate_buckets as b where b.bucket in (
        select full_one.bucket from private.rate_buckets as full_one where full_one.due_at < now() for update skip locked
    );
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('rate_buckets', gone);
    delete from private.write_buckets as b where b.bucket in (
        select full_one.bucket from private.write_buckets as full_one where full_one.due_at < now() for update skip locked
    );
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('write_buckets', gone);
    delete from private.sign_ups as s where s.created_at <= now() - interval '1 hour';
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('sign_ups', gone);
    -- The longest lock is a day; a month without a failure forgets how often there was one.
    delete from private.failed_attempts as f where f.updated_at <= now() - interval '1 month';
    get diagnostics gone = row_count;
    return pruned || jsonb_build_object('failed_attempts', gone);
end
$$;
comment on function backend.jobs_prune() is 'Deletes what has run out, and says of each kind how many rows that were. A repeat finds none.';
grant execute on function backend.jobs_prune() to job_runner;
