-- Taking error reports: each counts for its kind, and opens it again where it was resolved.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: error reports are closed to every caller.
create function backend.report_error(category text, message text, severity text, metadata jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ranks constant text[] := array['low', 'medium', 'high', 'critical'];
    request constant text := nullif(current_setting('mainstay.request_id', true), '');
    caller private.subject;
    kind bytea;
    report private.error_reports;
begin
    perform private.require_function();
    caller := private.subject(null);
    if caller.person is null then
        perform private.refuse(401, 'Sign in first.');
    end if;
    kind := private.kept_kind(category, message, caller);
    insert into private.error_reports as r (
        fingerprint, category, message, severity, metadata, last_request_id, org_id, person_id
    ) values (
        kind, case kind when private.error_kind(category, message) then lower(category) else 'overflow' end, message, severity,
        -- Numbers are longer here than they were in JSON: 1e300 has 301 digits.
        case when octet_length(metadata::text) <= 16384 then metadata else '{"cut": true}' end,
        request, caller.org, caller.person
    )
    on conflict (fingerprint) do update
    set message = case when r.org_id = caller.org or r.person_id = caller.person then excluded.message else r.message end,
        metadata = case when r.org_id = caller.org or r.person_id = caller.person then excluded.metadata else r.metadata end,
        last_request_id = excluded.last_request_id,
        severity = ranks[greatest(array_position(ranks, r.severity), array_position(ranks, excluded.severity))],
        occurrences = r.occurrences + 1, last_seen_at = now(),
        reopened = r.reopened + (r.resolved_at is not null)::integer,
        told_at = case when r.resolved_at is null then r.told_at end, resolved_at = null, resolved_by = null
    returning r.* into report;

    insert into private.error_report_organizations (report_id, org_id)
    select report.id, caller.org where caller.org is not null
    on conflict do nothing;
    if found then
        update private.error_reports as r set organizations = r.organizations + 1 where r.id = report.id;
    end if;
    perform private.tell_of_error(report, caller.org);
    return jsonb_build_object('new', report.occurrences = 1);
end
$$;
comment on function backend.report_error(text, text, text, jsonb) is
'Counts an error, whose text one of our functions has freed of secrets: {new}, whether it is the first of its kind. '
'That is for the function; clients are answered the same whoever else reported it.';
grant execute on function backend.report_error(text, text, text, jsonb) to gatekeeper;

-- Definer: the job runner owns nothing.
create function backend.jobs_prune_errors() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    days constant integer := (select s.value::integer from private.settings as s where s.name = 'error_reports_kept_days');
    gone integer;
begin
    perform private.require_function();
    delete from private.error_reports as r where r.last_seen_at <= now() - make_interval(days => days);
    get diagnostics gone = row_count;
    return jsonb_build_object('error_reports', gone);
end
$$;
comment on function backend.jobs_prune_errors() is
'Deletes the kinds of errors that were not seen for as long as they are kept; answers how many.';
grant execute on function backend.jobs_prune_errors() to job_runner;
insert into private.schedules (name, cron, kind) values ('prune-errors', '47 3 * * *', 'errors.prune');
