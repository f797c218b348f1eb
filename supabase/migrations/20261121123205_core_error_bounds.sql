-- How many kinds of errors are kept, which goes for a new one, and of how many staff are told.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: error reports are closed to every caller.
create function private.may_bring_up(org uuid, person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    of_org constant integer := (select s.value::integer from private.settings as s where s.name = 'error_kinds_per_day');
    of_person constant integer := (select s.value::integer from private.settings as s where s.name = 'error_kinds_per_person');
begin
    return (
        select count(*) filter (where r.org_id = org) < of_org and count(*) filter (where r.person_id = person) < of_person
        from private.error_reports as r
        where (r.org_id = org or r.person_id = person) and r.first_seen_at > now() - interval '1 day'
    );
end
$$;
comment on function private.may_bring_up(uuid, uuid) is
'Whether somebody brings up one more kind of error today: organizations and persons are bounded, each for itself.';

create function private.make_room_for_error() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'error_kinds_kept');
begin
    if (select count(*) from private.error_reports) < most then
        return true;
    end if;
    -- The bounds of a day and of an hour are counted in these rows, so that none of them goes before its day is over.
    delete from private.error_reports as d where d.id = (
        select r.id from private.error_reports as r
        where r.organizations <= 1 and greatest(r.first_seen_at, r.told_at) <= now() - interval '1 day'
        order by (r.resolved_at is null), array_position(array['low', 'medium', 'high', 'critical'], r.severity), r.last_seen_at
        limit 1 for update skip locked
    );
    return found;
end
$$;
comment on function private.make_room_for_error() is
'Whether there is room for one more kind. Where all is full, one that a single organization reported goes, and never one of today: '
'the resolved before the open, then the less severe, then what was not seen for longest.';

create function private.kept_kind(category text, message text, caller private.subject) returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    kind constant bytea := private.error_kind(category, message);
begin
    if exists (select from private.error_reports as r where r.fingerprint = kind) then
        return kind;
    elsif private.may_bring_up(caller.org, caller.person) and private.make_room_for_error() then
        return kind;
    end if;
    return private.error_kind('overflow', '');
end
$$;
comment on function private.kept_kind(text, text, private.subject) is
'The kind that a report counts for: that of all others, once there are too many of one organization or person, or no room is left.';

create function private.tell_of_error(report private.error_reports, org uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'error_mails_per_hour');
    of_org constant integer := (select s.value::integer from private.settings as s where s.name = 'error_mails_per_organization');
    told record;
begin
    if report.told_at is not null or report.severity not in ('high', 'critical') then
        return;
    end if;
    select count(*) as by_all, count(*) filter (where r.told_org_id is not distinct from org) as by_org into told
    from private.error_reports as r where r.told_at > now() - interval '1 hour';
    if told.by_org >= of_org then
        return;
    elsif told.by_all >= most then
        insert into private.outbox (kind, dedupe_key, payload)
        values ('mail.errors_more', to_char(now() at time zone 'utc', '"errors_more:"YYYY-MM-DD"T"HH24'), '{}')
        on conflict (dedupe_key) do nothing;
        return;
    end if;
    update private.error_reports as r set told_at = now(), told_org_id = org where r.id = report.id;
    insert into private.outbox (kind, dedupe_key, payload) values (
        'mail.error_report', format('error_report:%s:%s', report.id, report.reopened),
        jsonb_build_object('report_id', report.id, 'reopened', report.reopened)
    ) on conflict (dedupe_key) do nothing;
end
$$;
comment on function private.tell_of_error(private.error_reports, uuid) is
'Has staff told by mail of a kind that is high or critical: once, and once more each time it comes back after it was resolved. '
'Beyond an organization''s share nothing is said; beyond the share of all, once in each hour, that there are more.';
