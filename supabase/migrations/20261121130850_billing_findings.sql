-- What was found wrong with our rows of billing, whoever found it: counted, audited, and ended when it is so no more.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.billing_findings (
    id uuid primary key default gen_random_uuid(),
    kind text not null check (kind ~ '^[a-z][a-z_]{0,40}$'),
    org_id uuid references public.organizations on delete cascade,
    subject text not null check (char_length(subject) between 1 and 300),
    detail jsonb not null default '{}' check (octet_length(detail::text) <= 8192),
    found_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.billing_findings is
'Rows that differed from the provider (drift), events that it had and we had not (missing_event), and rules over rows that do not hold.';
comment on column private.billing_findings.ended_at is 'When it was set right; of what is repaired at once, when it was found.';
create index billing_findings_org_id_idx on private.billing_findings (org_id);
create index billing_findings_found_at_idx on private.billing_findings (found_at);
create unique index billing_findings_open_idx on private.billing_findings (kind, subject) where ended_at is null;
call private.seal('private.billing_findings');
create trigger touch_updated_at before update on private.billing_findings
for each row execute function private.touch_updated_at();

-- Definer: findings and the audit log are closed to every caller.
create function private.note_finding(kind text, org uuid, subject text, detail jsonb, repaired boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.billing_findings (kind, org_id, subject, detail, ended_at) values (
        kind, org, subject, detail, case when repaired then clock_timestamp() end
    ) on conflict do nothing;
    if not found then
        return false;
    end if;
    perform private.record('billing.' || kind, org, subject, null, detail);
    return true;
end
$$;
comment on function private.note_finding(text, uuid, text, jsonb, boolean) is
'Notes what was found, with an audit row; false for what is known and not ended.';
