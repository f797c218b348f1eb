-- What jobs do for the audit log, what retention takes away, and the report for auditors.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.prune_audit() returns integer
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    months constant integer := (select s.value::integer from private.settings as s where s.name = 'audit_kept_months');
    kept_since constant timestamptz
    := (date_trunc('month', now() at time zone 'utc') - make_interval(months => months)) at time zone 'utc';
    expired name;
    dropped integer := 0;
begin
    if exists (
        select from public.audit_log as a
        where a.created_at < kept_since
            and a.xact_id >= (select coalesce(max(s.next_xact), '0'::xid8) from private.audit_seals as s)
    ) then
        perform private.seal_audit();
    end if;
    for expired in
        select c.relname from pg_catalog.pg_inherits as i
        inner join pg_catalog.pg_class as c on c.oid = i.inhrelid
        where i.inhparent = 'public.audit_log'::regclass
            and c.relname ~ '^audit_log_\d{4}_\d{2}$'
            and c.relname < 'audit_log_' || to_char(kept_since at time zone 'utc', 'YYYY_MM')
    loop
        execute format('drop table private.%I', expired);
        dropped := dropped + 1;
    end loop;
    if dropped > 0 then
        update private.settings as s set value = to_jsonb(kept_since) where s.name = 'audit_kept_since';
    end if;
    return dropped;
end
$$;
comment on function private.prune_audit() is
'Drops the months that retention has passed, whole and sealed; answers how many. Takes a brief exclusive lock: for quiet hours.';

-- Definer: the job runner owns nothing. The names that make_audit_partitions and prune_audit build hold a month and nothing else.
create function backend.jobs_keep_audit() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    sealed private.audit_seals;
begin
    perform private.require_function();
    sealed := private.seal_audit();
    return jsonb_build_object(
        'partitions_made', private.make_audit_partitions(),
        'block', sealed.block, 'entries', sealed.entries, 'head', encode(sealed.head, 'hex')
    );
end
$$;
comment on function backend.jobs_keep_audit() is
'Seals the audit log and makes coming months'' partitions. The caller logs the head, outside the reach of whoever owns the database.';

create function backend.jobs_prune_audit() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return jsonb_build_object('partitions_dropped', private.prune_audit());
end
$$;
comment on function backend.jobs_prune_audit() is 'Ends the months that retention has passed.';
grant execute on function backend.jobs_keep_audit(), backend.jobs_prune_audit() to job_runner;

create function public.audit_report(org_id uuid, since timestamptz, until timestamptz)
returns table (action text, actor_kind text, entries bigint, failures bigint, first_at timestamptz, last_at timestamptz)
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
    select
        a.action, a.actor_kind, count(*), count(*) filter (where not a.success), min(a.created_at), max(a.created_at)
    from public.audit_log as a
    where a.org_id = audit_report.org_id and a.created_at >= since and a.created_at < until
    group by a.action, a.actor_kind
    order by a.action, a.actor_kind
$$;
comment on function public.audit_report(uuid, timestamptz, timestamptz) is
'What happened in an organization from one instant up to, not including, another, for who may read its log.';
grant execute on function public.audit_report(uuid, timestamptz, timestamptz) to authenticated, integrator;
