-- Error reports: what clients say went wrong, one row per kind of error, told without secrets by the function that takes them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.error_reports (
    id uuid primary key default gen_random_uuid(),
    fingerprint bytea not null unique check (octet_length(fingerprint) = 32),
    category text not null check (char_length(category) between 1 and 64),
    message text not null check (char_length(message) between 1 and 1000),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    metadata jsonb not null check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 16384),
    occurrences bigint not null default 1 check (occurrences > 0),
    organizations integer not null default 0 check (organizations >= 0),
    org_id uuid references public.organizations on delete set null,
    person_id uuid references auth.users on delete set null,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    last_request_id text check (char_length(last_request_id) <= 64),
    told_at timestamptz,
    told_org_id uuid references public.organizations on delete set null,
    resolved_at timestamptz,
    resolved_by uuid references auth.users on delete set null,
    reopened integer not null default 0 check (reopened >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
) with (fillfactor = 70);
comment on table private.error_reports is 'One row per kind of error that clients reported, with a sample and how often it came.';
comment on column private.error_reports.org_id is
'Who brought the kind up, as person_id: the sample is theirs, and nobody else overwrites it.';
comment on column private.error_reports.told_org_id is
'Whose report staff were told of at told_at: each organization has a quota of such mails.';
comment on column private.error_reports.fingerprint is 'SHA-256 of what all errors of this kind have in common.';
comment on column private.error_reports.severity is 'The highest that was said of it.';
comment on column private.error_reports.organizations is 'How many organizations reported it; a person counts as their personal one.';
comment on column private.error_reports.told_at is
'When staff were told by mail; null until then, and again once it comes back after it was resolved.';
create index error_reports_last_seen_at_idx on private.error_reports (last_seen_at desc, id desc);
create index error_reports_org_id_idx on private.error_reports (org_id, first_seen_at);
create index error_reports_person_id_idx on private.error_reports (person_id, first_seen_at);
create index error_reports_told_org_id_idx on private.error_reports (told_org_id);
create index error_reports_resolved_by_idx on private.error_reports (resolved_by);
call private.seal('private.error_reports');
create trigger touch_updated_at before update on private.error_reports
for each row execute function private.touch_updated_at();

create table private.error_report_organizations (
    report_id uuid not null references private.error_reports on delete cascade,
    org_id uuid not null references public.organizations on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (report_id, org_id)
);
comment on table private.error_report_organizations is 'Which organizations reported a kind of error.';
create index error_report_organizations_org_id_idx on private.error_report_organizations (org_id);
call private.seal('private.error_report_organizations');
create trigger touch_updated_at before update on private.error_report_organizations
for each row execute function private.touch_updated_at();

insert into private.limits (name, spent_by, quantity, period) values ('error-report', 'caller', 60, '10 minutes');
insert into private.settings (name, value, description) values
('error_kinds_kept', '5000', 'How many kinds of errors are told apart; a further one takes the place of an old one.'),
('error_kinds_per_day', '100', 'How many kinds of errors an organization brings up in a day; further new ones count as one.'),
('error_kinds_per_person', '50', 'How many of these one person brings up in a day, in all organizations together.'),
('error_mails_per_hour', '10', 'How many mails an hour tell staff of new errors, each of one kind; then one says that there are more.'),
('error_mails_per_organization', '2', 'How many of these an hour the reports of one organization cause.'),
('error_reports_kept_days', '90', 'How many days a kind of error is kept after it was last seen.');

create function private.error_kind(category text, message text) returns bytea
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select sha256(convert_to(lower(category) || e'\n' || regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        lower(message),
        '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '#', 'g'),
        -- Addresses, hashes and ids: hex that is written as such, or is long and has a digit in it.
        '\m(0x[0-9a-f]+|(?=[a-f]*[0-9])[0-9a-f]{8,})\M', '#', 'g'),
        '[0-9]+', '#', 'g'),
        '\s+', ' ', 'g'
    ), 'utf8'))
$$;
comment on function private.error_kind(text, text) is
'What errors of one kind have in common: category and message, whatever numbers, UUIDs, hex, capitals and spaces stand in it.';
