-- Sessions and account as our functions and web clients call them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function public.list_sessions()
returns table (id uuid, created_at timestamptz, last_used_at timestamptz, user_agent text, ip inet, is_current boolean)
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$ select * from private.list_sessions() $$;
comment on function public.list_sessions() is 'Where you are signed in.';

create function public.revoke_session(session_id uuid) returns void
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.revoke_session(session_id) $$;
comment on function public.revoke_session(uuid) is 'Sign out of one session.';

create function public.revoke_other_sessions() returns integer
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.revoke_other_sessions() $$;
comment on function public.revoke_other_sessions() is 'Sign out everywhere else; the answer is how many sessions that were.';

create function public.erase_me() returns void
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.erase_me() $$;
comment on function public.erase_me() is 'Delete your account. Needs a sign-in of the last 10 minutes.';

grant execute on function
public.list_sessions(), private.list_sessions(),
public.revoke_session(uuid), private.revoke_session(uuid),
public.revoke_other_sessions(), private.revoke_other_sessions(),
public.erase_me(), private.erase_me()
to authenticated;
