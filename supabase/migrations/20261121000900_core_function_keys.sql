-- Function keys: how one of our functions proves to the database which function it is.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.function_keys (
    digest bytea primary key check (octet_length(digest) = 32),
    name text not null check (name ~ '^[a-z][a-z0-9-]{0,30}$'),
    may_act_as text[] not null default '{}'
    check (may_act_as <@ array['gatekeeper', 'billing_writer', 'job_runner', 'staff_reader', 'observer']),
    ip_ranges cidr[] check (cardinality(ip_ranges) > 0),
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.function_keys is
'SHA-256 of each function''s key. Two may be valid at once, so rotation is one insert and one delete.';
comment on column private.function_keys.may_act_as is 'The roles this function may switch to with X-Act-As.';
comment on column private.function_keys.ip_ranges is 'Where the function''s requests must come from; null for anywhere.';
create index function_keys_name_idx on private.function_keys (name);

call private.seal('private.function_keys');
create trigger touch_updated_at before update on private.function_keys
for each row execute function private.touch_updated_at();

create function private.valid_inet(written text) returns inet
language plpgsql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return case when pg_input_is_valid(written, 'inet') then written::inet end;
end
$$;
comment on function private.valid_inet(text) is 'The address, or null for anything that is none.';

-- Definer: private.settings is closed to the caller.
create function private.platform_ip() returns inet
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    headers constant jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
begin
    return private.valid_inet(headers ->> (
        select s.value #>> '{}' from private.settings as s where s.name = 'platform_ip_header'
    ));
end
$$;
comment on function private.platform_ip() is
'The address that the platform saw; X-Forwarded-For is never read, because a caller can write it.';

create function private.client_ip() returns inet
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(current_setting('mainstay.function', true), '') = '' then
        return private.platform_ip();
    end if;
    return private.valid_inet(nullif(current_setting('mainstay.client_ip', true), ''));
end
$$;
comment on function private.client_ip() is
'The caller''s address: as one of our functions states it, else as the platform saw it.';
