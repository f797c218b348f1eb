-- What writes the audit log: one trigger for each statement, however many rows it touches.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create type private.actor as (kind text, id uuid, name text, request_id text, ip inet, agent text);

create function private.actor() returns private.actor
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
    role constant text := claims ->> 'role';
    function constant text := nullif(current_setting('mainstay.function', true), '');
    actor private.actor;
begin
    if role = 'authenticated' or role = 'integrator' then
        actor.kind := case role when 'integrator' then 'key' else 'person' end;
        actor.id := (claims ->> 'sub')::uuid;
    elsif function is not null then
        actor.kind := 'function';
        actor.name := function;
    else
        actor.kind := case session_user when 'supabase_auth_admin' then 'auth' else 'operator' end;
        actor.name := coalesce(role, session_user);
    end if;
    if function is not null then
        actor.request_id := nullif(current_setting('mainstay.request_id', true), '');
        actor.agent := nullif(current_setting('mainstay.client_agent', true), '');
    end if;
    if claims is not null then
        actor.ip := private.client_ip();
    end if;
    return actor;
end
$$;
comment on function private.actor() is
'Who acts, and from where: a person, an API key, one of our functions, Supabase Auth, or an operator.';

-- Definer: nobody but this file's functions writes the log.
create function private.record(
    action text, org uuid, subject text, before jsonb default null, after jsonb default null, success boolean default true
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor constant private.actor := private.actor();
begin
    insert into public.audit_log (
        org_id, action, subject, actor_kind, actor_id, actor_name, success, before, after, request_id, ip, agent
    ) values (
        org, action, subject, actor.kind, actor.id, actor.name, success, before, after,
        actor.request_id, actor.ip, actor.agent
    );
end
$$;
comment on function private.record(text, uuid, text, jsonb, jsonb, boolean) is
'Writes one audit row, for acts that change no row of an audited table.';

-- Arguments of the triggers: the column with the organization, the key''s columns, and columns not to be kept.
create function private.audit_inserted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor constant private.actor := private.actor();
    keys constant text[] := string_to_array(tg_argv[1], ',');
    hidden constant text[] := string_to_array(tg_argv[2], ',');
begin
    insert into public.audit_log (org_id, action, subject, actor_kind, actor_id, actor_name, after, request_id, ip, agent)
    select (n.kept ->> tg_argv[0])::uuid, tg_table_name || '.insert',
        case when keys[2] is null then n.kept ->> keys[1] else (n.kept ->> keys[1]) || '/' || (n.kept ->> keys[2]) end,
        actor.kind, actor.id, actor.name, n.kept - hidden, actor.request_id, actor.ip, actor.agent
    from (select to_jsonb(r) as kept from new_rows as r offset 0) as n;
    return null;
end
$$;
comment on function private.audit_inserted() is 'Trigger: one audit row for each row inserted.';

create function private.audit_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor constant private.actor := private.actor();
    keys constant text[] := string_to_array(tg_argv[1], ',');
    hidden constant text[] := string_to_array(tg_argv[2], ',');
begin
    insert into public.audit_log (org_id, action, subject, actor_kind, actor_id, actor_name, before, request_id, ip, agent)
    select (o.kept ->> tg_argv[0])::uuid, tg_table_name || '.delete',
        case when keys[2] is null then o.kept ->> keys[1] else (o.kept ->> keys[1]) || '/' || (o.kept ->> keys[2]) end,
        actor.kind, actor.id, actor.name, o.kept - hidden, actor.request_id, actor.ip, actor.agent
    from (select to_jsonb(r) as kept from old_rows as r offset 0) as o;
    return null;
end
$$;
comment on function private.audit_deleted() is 'Trigger: one audit row for each row deleted.';

create function private.audit_updated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor constant private.actor := private.actor();
    keys constant text[] := string_to_array(tg_argv[1], ',');
    hidden constant text[] := string_to_array(tg_argv[2], ',');
    stamps constant text[] := array['updated_at', 'last_used_at'];
begin
    insert into public.audit_log (
        org_id, action, subject, actor_kind, actor_id, actor_name, before, after, request_id, ip, agent
    )
    select (coalesce(n.kept, o.kept) ->> tg_argv[0])::uuid, tg_table_name || '.update',
        case when keys[2] is null then coalesce(n.kept, o.kept) ->> keys[1]
            else (coalesce(n.kept, o.kept) ->> keys[1]) || '/' || (coalesce(n.kept, o.kept) ->> keys[2]) end,
        actor.kind, actor.id, actor.name, o.kept - hidden, n.kept - hidden, actor.request_id, actor.ip, actor.agent
    from (select to_jsonb(r) as kept, to_jsonb(r) -> keys[1] as k1, coalesce(to_jsonb(r) -> keys[2], 'null') as k2 from new_rows as r offset 0) as n
    -- Full: a row whose key changed has no partner, and shows as one that went and one that came.
    full join (select to_jsonb(r) as kept, to_jsonb(r) -> keys[1] as k1, coalesce(to_jsonb(r) -> keys[2], 'null') as k2 from old_rows as r offset 0) as o
        on o.k1 = n.k1 and o.k2 = n.k2
    where o.kept - stamps is distinct from n.kept - stamps;
    return null;
end
$$;
comment on function private.audit_updated() is 'Trigger: one audit row for each row that an update really changed, with its former state.';
