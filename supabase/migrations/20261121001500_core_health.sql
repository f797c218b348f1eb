-- What health asks of the database.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function backend.health() returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('now', clock_timestamp())
$$;
comment on function backend.health() is 'Answers when the database does: {now}.';
grant execute on function backend.health() to observer;
