-- Schemas of Mainstay, closed to everybody until a later file opens something by name.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create schema private;
comment on schema private is 'What no client may name: digests, keys of functions, helpers of policies. Not exposed by PostgREST.';
create schema backend;
comment on schema backend is 'Functions for our own functions only. Exposed by PostgREST; anon and authenticated have no usage.';
create schema gate;
comment on schema gate is 'Recognizes every caller before a request runs. Not exposed by PostgREST.';
create schema hooks;
comment on schema hooks is 'What Supabase Auth calls, as supabase_auth_admin.';

-- Projects differ in what they grant by default (all of them stopped doing so on 2026-10-30): from here on nothing is.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create function private.touch_updated_at() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    return new;
end
$$;
comment on function private.touch_updated_at() is 'Trigger: stamps the time of the change.';

create procedure private.close(target regclass) -- noqa: LT01
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    policy name;
    grantee name;
begin
    for policy in select p.polname from pg_catalog.pg_policy as p where p.polrelid = target loop
        execute format('drop policy %I on %s', policy, target);
    end loop;
    execute format('revoke all on %s from public', target);
    for grantee in
        select r.rolname from pg_catalog.pg_roles as r
        where has_table_privilege(r.oid, target, 'select, insert, update, delete, truncate, references, trigger')
            or has_any_column_privilege(r.oid, target, 'select, insert, update, references')
    loop
        if not exists (
            select from pg_catalog.pg_roles as r
            where r.rolname = grantee
                and (r.rolsuper or r.rolname like 'pg\_%' or r.oid = (select c.relowner from pg_catalog.pg_class as c where c.oid = target))
        ) then
            execute format('revoke all on %s from %I', target, grantee);
        end if;
    end loop;
end
$$;
comment on procedure private.close(regclass) -- noqa: LT01
is 'Drops every policy of a table and takes every right on it from every role but its owner. A policy file begins with it.';

create procedure private.seal(target regclass) -- noqa: LT01
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    call private.close(target);
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy nobody on %s for all to public using (false) with check (false)', target);
end
$$;
comment on procedure private.seal(regclass) -- noqa: LT01
is 'Closes a table that only definer functions use, and says so with a policy that admits nobody.';
