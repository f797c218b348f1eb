-- What a work of billing looks up for a row of the outbox.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: the outbox is closed to every caller.
create function backend.outbox_effect(outbox_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function('billing');
    return (
        select o.payload from private.outbox as o
        where o.id = outbox_effect.outbox_id and o.kind like 'billing.%'
    );
end
$$;
comment on function backend.outbox_effect(uuid) is 'The payload of an effect of billing''s; null for one that is gone.';
grant execute on function backend.outbox_effect(uuid) to job_runner;
