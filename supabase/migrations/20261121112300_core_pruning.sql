-- What has run out goes: buckets that are full again, attempts and sign-ups that no longer count, answers that are a day old.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: the job runner owns nothing.
create function backend.jobs_prune(most integer default 20000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    gone integer;
    pruned jsonb := '{}';
begin
    perform private.require_function();
    -- So many of each, so that a call ends in time however much there is; what somebody is at is left rather than waited for.
    delete from private.idempotency_keys as k where k.ctid = any(array(
        select old.ctid from private.idempotency_keys as old where old.expires_at <= now() limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('idempotency_keys', gone);
    delete from private.rate_buckets as b where b.ctid = any(array(
        select full_one.ctid from private.rate_buckets as full_one where full_one.due_at < now() limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('rate_buckets', gone);
    delete from private.write_buckets as b where b.ctid = any(array(
        select full_one.ctid from private.write_buckets as full_one where full_one.due_at < now() limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('write_buckets', gone);
    delete from private.sign_ups as s where s.ctid = any(array(
        select old.ctid from private.sign_ups as old where old.created_at <= now() - interval '1 hour' limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    pruned := pruned || jsonb_build_object('sign_ups', gone);
    -- The longest lock is a day; a month without a failure forgets how often there was one.
    delete from private.failed_attempts as f where f.ctid = any(array(
        select old.ctid from private.failed_attempts as old
        where old.updated_at <= now() - interval '1 month' limit most for update skip locked
    ));
    get diagnostics gone = row_count;
    return pruned || jsonb_build_object('failed_attempts', gone);
end
$$;
comment on function backend.jobs_prune(integer) is
'Deletes what has run out, at most so many of each kind, and says how many those were: call again while one of them is full.';
grant execute on function backend.jobs_prune(integer) to job_runner;

create or replace function private.note_erasure(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.record('account.erased', private.personal_org(person), person::text);
    -- Answers kept for repeats of theirs go with them.
    delete from private.idempotency_keys as k where k.scope = person;
end
$$;
comment on function private.note_erasure(uuid) is
'Notes that somebody erased themselves, before they are gone, and forgets the answers that were kept for them.';
