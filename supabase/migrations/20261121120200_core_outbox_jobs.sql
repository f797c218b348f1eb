-- What is to happen outside becomes a job in the same transaction, at once or for later.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table private.outbox add column due_at timestamptz not null default now();
comment on column private.outbox.due_at is 'When it is to happen: not before.';

-- Definer: jobs are closed to who writes the outbox.
create function private.dispatch_outbox() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.send_job(n.kind, jsonb_build_object('outbox_id', n.id), 'outbox:' || n.id, n.due_at) from new_rows as n;
    return null;
end
$$;
comment on function private.dispatch_outbox() is 'Trigger of outbox: sends a job for each row, for when it is due.';
create trigger dispatch after insert on private.outbox
referencing new table as new_rows
for each statement execute function private.dispatch_outbox();
-- What was written before there were jobs.
select private.send_job(o.kind, jsonb_build_object('outbox_id', o.id), 'outbox:' || o.id) from private.outbox as o;
