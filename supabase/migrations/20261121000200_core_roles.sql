-- The narrow roles that requests of functions and of API keys run as. None can log in, owns anything or bypasses policies.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Roles belong to the whole cluster, so a second database finds them made.
do $$
declare
    role name;
begin
    foreach role in array array[
        'integrator', 'gatekeeper', 'billing_writer', 'job_runner', 'staff_reader', 'observer'
    ]::name[] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role) then
            execute format('create role %I nologin noinherit', role);
        end if;
        execute format('grant %I to authenticator', role);
    end loop;
end
$$;

comment on role integrator is 'An API key, inside its organization and its scopes.';
comment on role gatekeeper is 'Every function, to admit a caller.';
comment on role billing_writer is 'Billing functions, to write what the payment provider says.';
comment on role job_runner is 'The jobs function.';
comment on role staff_reader is 'Functions that serve staff; the second factor is checked inside.';
comment on role observer is 'Health and metrics.';

grant usage on schema backend
to gatekeeper, billing_writer, job_runner, staff_reader, observer;
grant usage on schema private to authenticated, integrator;
