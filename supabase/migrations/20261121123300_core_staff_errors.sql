-- Error reports as staff see them. Each read leaves a trace, as every read of staff does.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.shown_error(report private.error_reports) returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'id', report.id, 'category', report.category, 'message', report.message, 'severity', report.severity,
        'metadata', report.metadata, 'occurrences', report.occurrences, 'organizations', report.organizations,
        'first_seen_at', report.first_seen_at, 'last_seen_at', report.last_seen_at,
        'last_request_id', report.last_request_id, 'reopened', report.reopened,
        'resolved_at', report.resolved_at, 'resolved_by', report.resolved_by
    )
$$;
comment on function private.shown_error(private.error_reports) is 'A kind of error as staff are shown it.';

-- Definer, each: error reports are closed to every caller.
create function backend.staff_list_errors(
    quantity integer default 20, before_at timestamptz default null, before_id uuid default null,
    is_resolved boolean default false, of_severity text default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_staff('ops');
    perform private.record('staff.list_errors', null, null);
    return (
        select coalesce(jsonb_agg(private.shown_error(r) order by r.last_seen_at desc, r.id desc), '[]')
        from (
            select e.* from private.error_reports as e
            where (e.resolved_at is not null) = is_resolved
                and (of_severity is null or e.severity = of_severity)
                and (before_at is null or (e.last_seen_at, e.id) < (before_at, before_id))
            order by e.last_seen_at desc, e.id desc
            limit least(greatest(quantity, 1), 101)
        ) as r
    );
end
$$;
comment on function backend.staff_list_errors(integer, timestamptz, uuid, boolean, text) is
'Kinds of errors, the latest seen first, from below a position on: [{id, category, message, severity, occurrences, …}].';

create function backend.staff_read_error(report uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    wanted private.error_reports;
begin
    perform private.require_staff('ops');
    select r.* into wanted from private.error_reports as r where r.id = report;
    perform private.record('staff.read_error', null, report::text, success => wanted.id is not null);
    return case when wanted.id is not null then private.shown_error(wanted) end;
end
$$;
comment on function backend.staff_read_error(uuid) is 'One kind of error; null if there is none.';

create function backend.staff_resolve_error(report uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    wanted private.error_reports;
begin
    perform private.require_staff('ops');
    update private.error_reports as r set resolved_at = now(), resolved_by = private.me()
    where r.id = report and r.resolved_at is null
    returning r.* into wanted;
    perform private.record('staff.resolve_error', null, report::text, success => found);
    if wanted.id is null then
        select r.* into wanted from private.error_reports as r where r.id = report;
    end if;
    return case when wanted.id is not null then private.shown_error(wanted) end;
end
$$;
comment on function backend.staff_resolve_error(uuid) is
'Marks a kind of error as resolved, until it is seen again; null if there is none. A repeat changes nothing.';

grant execute on function
backend.staff_list_errors(integer, timestamptz, uuid, boolean, text), backend.staff_read_error(uuid), backend.staff_resolve_error(uuid)
to staff_reader;
