-- How our SQL says no: a SQLSTATE of PostgREST's PTnnn family carries the HTTP status, and only such messages reach a caller.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.refuse(status integer, message text, details jsonb default null, hint text default null)
returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'PT' || status, message = message, detail = coalesce(details::text, ''), hint = coalesce(hint, '');
end
$$;
comment on function private.refuse(integer, text, jsonb, text) is
'Ends the request with an HTTP status and a sentence for the caller. Details are a JSON array of {field, problem}.';

create function private.claims() returns jsonb
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
end
$$;
comment on function private.claims() is 'The verified claims of the caller, as PostgREST or the gate set them; null outside a request.';

create function private.require_function(named text default null) returns void
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    function constant text := coalesce(current_setting('mainstay.function', true), '');
begin
    if function = '' or (function <> named) is true then
        perform private.refuse(403, 'This is done through the functions API, not directly. Call it under /functions/v1.');
    end if;
end
$$;
comment on function private.require_function(text) is
'Refuses with 403 unless the request comes from one of our functions, or from the named one, as the gate recognized it.';

create table private.settings (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    value jsonb not null,
    description text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.settings is 'One row per setting that SQL reads. Changed by operators only.';
call private.seal('private.settings');
create trigger touch_updated_at before update on private.settings
for each row execute function private.touch_updated_at();

insert into private.settings (name, value, description) values
(
    'platform_ip_header', '"cf-connecting-ip"',
    'The request header in which the platform, and nobody else, states the caller''s address.'
);
