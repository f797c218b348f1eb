-- The gate hands on what one of our functions states of a request's Idempotency-Key.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function gate.enter() returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    headers constant jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    caller jsonb;
begin
    if not headers ?| array['x-function-key', 'x-act-as', 'x-api-key'] then
        -- PostgREST makes reads and stable functions read-only; service_role is an operator.
        if current_setting('transaction_read_only') = 'off' and current_user in ('anon', 'authenticated') then
            perform gate.spend_write();
        end if;
        return;
    end if;

    caller := gate.recognize(headers);
    perform set_config('mainstay.function', caller ->> 'function', true);
    perform set_config('mainstay.client_ip', coalesce(headers ->> 'x-client-ip', ''), true);
    perform set_config('mainstay.request_id', left(coalesce(headers ->> 'x-request-id', ''), 64), true);
    perform set_config('mainstay.client_agent', left(coalesce(headers ->> 'x-client-agent', ''), 256), true);
    perform set_config('mainstay.idempotency', coalesce(headers ->> 'x-idempotency', ''), true);
    perform set_config('mainstay.key_problem', coalesce(caller ->> 'problem', ''), true);

    if caller ? 'claims' then
        perform set_config('request.jwt.claims', caller ->> 'claims', true);
    end if;
    if caller ? 'role' then
        perform set_config('statement_timeout', '5s', true);
        perform set_config('role', caller ->> 'role', true);
    end if;
end
$$;
