-- Ending sessions leaves a trail, as every other act on an account does.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function private.revoke_session(session uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from auth.sessions as s where s.id = session and s.user_id = private.me();
    if not found then
        perform private.refuse(404, 'No such session of yours.');
    end if;
    -- By id and not by me(): who has just ended their own session is nobody any more.
    perform private.record('sessions.revoked', private.personal_org((private.claims() ->> 'sub')::uuid), session::text);
end
$$;

create or replace function private.revoke_other_sessions() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ended uuid[];
begin
    with gone as (
        delete from auth.sessions as s
        where s.user_id = private.me() and s.id <> (private.claims() ->> 'session_id')::uuid
        returning s.id
    )
    select coalesce(array_agg(gone.id), '{}') into ended from gone;
    perform private.record('sessions.revoked', private.personal_org(private.me()), each::text) from unnest(ended) as each;
    return cardinality(ended);
end
$$;
