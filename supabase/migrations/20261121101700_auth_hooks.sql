-- What Supabase Auth asks before it lets somebody in or signs a token. Called as supabase_auth_admin, which has no rights on our tables.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create unlogged table private.sign_ups (
    network cidr not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    id bigint generated always as identity primary key
);
comment on table private.sign_ups is 'Sign-ups of the last hour by network: an address of IPv4, a /64 of IPv6.';
create index sign_ups_network_idx on private.sign_ups (network, created_at);
call private.seal('private.sign_ups');
create trigger touch_updated_at before update on private.sign_ups
for each row execute function private.touch_updated_at();

create table private.blocked_email_domains (
    domain text primary key check (domain = lower(domain) and domain ~ '^[a-z0-9.-]+$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.blocked_email_domains is 'Domains whose addresses cannot sign up, subdomains included.';
call private.seal('private.blocked_email_domains');
create trigger touch_updated_at before update on private.blocked_email_domains
for each row execute function private.touch_updated_at();
call private.audit('private.blocked_email_domains', 'none', 'domain');

insert into private.settings (name, value, description) values
('sign_ups_per_hour', '5', 'How many people may sign up from one network within an hour.');

create function private.network_of(address text) returns cidr
language plpgsql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    bare text := btrim(address);
    known inet;
begin
    -- With a port, an IPv6 address stands in brackets; an IPv4 address may come mapped into IPv6.
    if bare like '[%]%' then
        bare := split_part(substr(bare, 2), ']', 1);
    elsif bare ~ '^[0-9.]+:[0-9]+$' then
        bare := split_part(bare, ':', 1);
    end if;
    known := private.valid_inet(regexp_replace(bare, '^::ffff:(?=[0-9]+[.])', '', 'i'));
    return case family(known) when 4 then network(set_masklen(known, 32)) when 6 then network(set_masklen(known, 64)) end;
end
$$;
comment on function private.network_of(text) is 'What one subscriber has: an IPv4 address, or a /64 of IPv6; null for no address.';

-- Definer, this one and those below: see the first line.
create function hooks.custom_access_token(event jsonb) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    staff_role constant text := (select s.role from private.staff as s where s.user_id = (event ->> 'user_id')::uuid);
begin
    return jsonb_build_object('claims', (event -> 'claims') || jsonb_build_object('app_role', coalesce(staff_role, 'user')));
end
$$;
comment on function hooks.custom_access_token(jsonb) is
'Adds app_role to the claims, for display only: it may be 15 minutes old, and no policy reads it.';

create function hooks.before_user_created(event jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    source constant cidr := private.network_of(event -> 'metadata' ->> 'ip_address');
    email_domain constant text := lower(split_part(event -> 'user' ->> 'email', '@', 2));
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'sign_ups_per_hour');
begin
    if exists (
        select from private.blocked_email_domains as b
        where email_domain = b.domain or right(email_domain, length(b.domain) + 1) = '.' || b.domain
    ) then
        return '{"error": {"http_code": 400, "message": "This address cannot be used. Choose another one."}}';
    elsif source is null then
        return '{}';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sign-ups from ' || source, 0));
    delete from private.sign_ups as s where s.network = source and s.created_at <= now() - interval '1 hour';
    if (select count(*) from private.sign_ups as s where s.network = source) >= most then
        return '{"error": {"http_code": 429, "message": "Too many sign-ups from your network. Try again in an hour."}}';
    end if;
    insert into private.sign_ups (network) values (source);
    return '{}';
end
$$;
comment on function hooks.before_user_created(jsonb) is
'Lets so many sign-ups an hour in from one network, and none with a blocked domain.';

grant usage on schema hooks to supabase_auth_admin;
grant execute on function hooks.custom_access_token(jsonb), hooks.before_user_created(jsonb) to supabase_auth_admin;
