-- The audit log: who did what to which row, kept by month, added to and never changed.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.audit_log (
    id bigint generated always as identity,
    created_at timestamptz not null default now(),
    org_id uuid,
    action text not null check (action ~ '^[a-z][a-z_]{0,40}\.[a-z][a-z_]{0,40}$'),
    subject text,
    actor_kind text not null check (actor_kind in ('person', 'key', 'function', 'operator', 'auth')),
    actor_id uuid,
    actor_name text,
    success boolean not null default true,
    before jsonb,
    after jsonb,
    request_id text,
    ip inet,
    agent text,
    xact_id xid8 not null default pg_current_xact_id(),
    primary key (id, created_at)
) partition by range (created_at);
comment on table public.audit_log is
'One row per change or noteworthy act, written in its transaction. Nobody changes or deletes rows; whole months end by retention.';
comment on column public.audit_log.org_id is 'Whose members may read it. No foreign key: the log outlives the organization.';
comment on column public.audit_log.action is 'A table and what happened to its row, or a thing and what was done with it.';
comment on column public.audit_log.subject is 'The row''s key.';
comment on column public.audit_log.actor_id is 'The person or API key. Says nothing more of a person, so an erased one is anonymous here.';
comment on column public.audit_log.actor_name is 'The function or database role, where no person or key acted.';
comment on column public.audit_log.request_id is 'As one of our functions stated it; null for direct clients, who could write anything.';
comment on column public.audit_log.ip is 'As one of our functions stated it, else as the platform saw it.';
create index audit_log_org_id_idx on public.audit_log (org_id, created_at desc, id desc);
create index audit_log_actor_id_idx on public.audit_log (actor_id, action);
create index audit_log_xact_id_idx on public.audit_log (xact_id);

alter table public.audit_log enable row level security;
alter table public.audit_log force row level security;

create function private.refuse_change() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using errcode = 'PT403', message = 'The audit log is added to and never changed.';
end
$$;
comment on function private.refuse_change() is 'Trigger: refuses every update, delete and truncate, the owner''s too.';
create trigger refuse_change before update or delete on public.audit_log
for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.audit_log
for each statement execute function private.refuse_change();

create table private.audit_log_default partition of public.audit_log default;
comment on table private.audit_log_default is 'Rows of months that nobody has made a partition for: should stay empty.';
call private.seal('private.audit_log_default');

-- Partitions lie where no API names them; rows are reached through the parent and its policy.
create function private.make_audit_partitions(months_ahead integer default 2) returns integer
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    month date := date_trunc('month', now() at time zone 'utc');
    made integer := 0;
    name text;
begin
    for ahead in 0..months_ahead loop
        name := 'audit_log_' || to_char(month + make_interval(months => ahead), 'YYYY_MM');
        if to_regclass('private.' || name) is null then
            begin
                execute format(
                    'create table private.%I partition of public.audit_log for values from (%L) to (%L)', name,
                    (month + make_interval(months => ahead)) at time zone 'utc',
                    (month + make_interval(months => ahead + 1)) at time zone 'utc'
                );
            exception when check_violation then
                -- The default partition has rows of this month and keeps them: sealing must go on.
                raise warning 'private.audit_log_default holds rows of %', name;
                continue;
            end;
            execute format('comment on table private.%I is %L', name, 'One month of public.audit_log.');
            call private.seal(('private.' || name)::regclass);
            made := made + 1;
        end if;
    end loop;
    return made;
end
$$;
comment on function private.make_audit_partitions(integer) is
'Makes the partitions of this month and so many ahead; answers how many were missing. A repeat makes none.';
select private.make_audit_partitions();
