-- What a hosted project has before its first migration: roles, schemas and rights as Supabase's platform makes them.
-- Applied once per cluster by the superuser supabase_admin. Each line has its source in docs/embedded.md.

-- Roles
create role anon nologin inherit;
create role authenticated nologin inherit;
create role service_role nologin inherit bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit;
create role supabase_storage_admin login noinherit;
create role postgres login createdb createrole replication bypassrls;

grant anon, authenticated, service_role to authenticator; -- noqa: PRS
grant anon, authenticated, service_role to postgres with admin option; -- noqa: PRS
grant authenticator to postgres with admin true, inherit false, set false; -- noqa: PRS
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres; -- noqa: PRS

alter role anon set statement_timeout = '3s'; -- noqa: PRS
alter role authenticated set statement_timeout = '8s'; -- noqa: PRS
alter role authenticator set statement_timeout = '8s'; -- noqa: PRS
alter role authenticator set lock_timeout = '8s'; -- noqa: PRS
alter role postgres set search_path = "$user", public, extensions; -- noqa: PRS

-- Settings of PostgREST that a migration may change; hosted lets postgres do so.
grant set on parameter "pgrst.db_pre_request" to postgres; -- noqa: PRS

-- The database
alter database postgres owner to postgres;
grant create, temporary on database postgres to postgres;
grant create on database postgres to supabase_auth_admin;
grant create on database postgres to supabase_storage_admin;

-- Schemas
grant usage on schema public to anon, authenticated, service_role;
create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;
create extension if not exists moddatetime with schema extensions;

-- Schema auth belongs to the platform: postgres may use it and may not pass that on.
create schema auth authorization supabase_admin;
grant all on schema auth to supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;
alter role supabase_auth_admin set search_path = auth; -- noqa: PRS
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s'; -- noqa: PRS

alter default privileges for role supabase_auth_admin in schema auth
    grant select on tables to postgres with grant option; -- noqa: PRS
alter default privileges for role supabase_auth_admin in schema auth
    grant insert, update, delete, references, trigger on tables to postgres;
alter default privileges for role supabase_auth_admin in schema auth
    grant usage, select on sequences to postgres;

create function auth.jwt() returns jsonb language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
$$;
create function auth.uid() returns uuid language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid
$$;
create function auth.role() returns text language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    )
$$;
create function auth.email() returns text language sql stable
as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    )
$$;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;

-- PostgREST reads the schema anew after every change to it, without any notify in a migration.
create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql
as $$
begin
    notify pgrst, 'reload schema';
end
$$;
create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql
as $$
begin
    notify pgrst, 'reload schema';
end
$$;
create event trigger pgrst_ddl_watch on ddl_command_end
execute function extensions.pgrst_ddl_watch(); -- noqa: PRS
create event trigger pgrst_drop_watch on sql_drop
execute function extensions.pgrst_drop_watch(); -- noqa: PRS
