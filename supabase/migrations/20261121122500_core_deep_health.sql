-- What deep health asks, a call for each part, so that one which hangs hides no other.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, each: what they read is closed to every caller.
create function backend.health_watcher() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_watcher();
    return true;
end
$$;
comment on function backend.health_watcher() is 'Refuses with 403 whoever may not look deeper than health.';

create function backend.health_database() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_watcher();
    return private.database_figures();
end
$$;
comment on function backend.health_database() is '{connections, max_connections, replication_lag_seconds} of the database server.';

create function backend.health_queue() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_watcher();
    return private.queue_figures();
end
$$;
comment on function backend.health_queue() is '{waiting, oldest_waiting_seconds, dead} of the jobs.';

create function backend.health_inbox() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_watcher();
    return private.inbox_figures();
end
$$;
comment on function backend.health_inbox() is '{waiting, oldest_waiting_seconds, failed} of the inbox; null while there is none.';

create function backend.health_migrations() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_watcher();
    -- The ledger is the CLI's. A database that was made without it has none.
    if to_regclass('supabase_migrations.schema_migrations') is null then
        return '{"newest": null}';
    end if;
    return jsonb_build_object('newest', (select max(m.version) from supabase_migrations.schema_migrations as m));
end
$$;
comment on function backend.health_migrations() is '{newest}: the version of the last migration that was applied here.';
grant execute on function
backend.health_watcher(), backend.health_database(), backend.health_queue(), backend.health_inbox(),
backend.health_migrations()
to observer;
