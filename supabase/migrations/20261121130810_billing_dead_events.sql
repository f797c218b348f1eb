-- Events whose customer could not be fetched, time after time, are dead as their job is: somebody looks, and replays them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and that below: the inbox is closed to every caller.
create function private.note_dead_refresh() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update private.webhook_events as w set status = 'dead', reason = new.last_error, done_at = clock_timestamp()
    where w.status = 'waiting' and w.provider = new.payload ->> 'provider' and w.livemode = (new.payload ->> 'livemode')::boolean
        and (
            (new.kind = 'billing.refresh' and w.customer_ref = new.payload ->> 'customer')
            or (new.kind = 'billing.find_customer' and w.sought and w.object_ref = new.payload ->> 'object')
        );
    return null;
end
$$;
comment on function private.note_dead_refresh() is 'Trigger of jobs: when a refresh is given up, so are the events that led to it.';
create trigger note_dead_refresh after update of status on private.jobs
for each row when (new.status = 'dead' and new.kind in ('billing.refresh', 'billing.find_customer'))
execute function private.note_dead_refresh();

create function private.replay_events(
    ids text[] default null, type_like text default '%', since timestamptz default '-infinity', until timestamptz default 'infinity',
    statuses text[] default '{dead}'
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    chosen private.webhook_events;
    outcomes jsonb := '{}';
    outcome text;
begin
    for chosen in
        update private.webhook_events as w set status = 'waiting', reason = null, done_at = null
        where (ids is null or w.event_id = any(ids)) and w.type like type_like and w.received_at >= since and w.received_at < until
            and w.status = any(statuses)
        returning w.*
    loop
        outcome := private.take_event(chosen);
        outcomes := outcomes || jsonb_build_object(outcome, coalesce((outcomes ->> outcome)::integer, 0) + 1);
    end loop;
    return outcomes;
end
$$;
comment on function private.replay_events(text[], text, timestamptz, timestamptz, text[]) is
'Takes events again, by id, type and when they came; the dead ones unless others are named: {outcome: quantity}. '
'A repeat does no harm: what is written is what the provider says now.';
