-- Staff: people of ours who help customers. They read through functions that need a second factor and leave a trace of every read.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.staff (
    user_id uuid primary key references auth.users on delete cascade,
    role text not null check (role in ('ops', 'admin', 'super_admin')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.staff is 'Who works here. Changed by operators'' SQL, or by a super_admin through backend.staff_set_role.';
call private.seal('private.staff');
create trigger touch_updated_at before update on private.staff
for each row execute function private.touch_updated_at();
call private.audit('private.staff', 'none', 'user_id');

-- Definer: reads staff.
create function private.require_staff(lowest text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ranks constant text[] := array['ops', 'admin', 'super_admin'];
    mine constant text := (select s.role from private.staff as s where s.user_id = private.me());
begin
    perform private.require_function();
    if mine is null or array_position(ranks, mine) < array_position(ranks, lowest) then
        perform private.refuse(403, 'This is for staff.');
    elsif private.claims() ->> 'aal' is distinct from 'aal2' then
        perform private.refuse(403, 'Staff need a second factor for this. Sign in with yours.');
    end if;
end
$$;
comment on function private.require_staff(text) is
'Refuses unless the person is staff of at least this role, with a second factor, through our functions.';

-- Definer, this one and those below: staff have no rights on customers' tables.
create function backend.staff_find_person(wanted text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person auth.users;
    known_id constant uuid := case when pg_input_is_valid(wanted, 'uuid') then wanted::uuid end;
begin
    perform private.require_staff('ops');
    select u.* into person from auth.users as u
    where u.id = known_id or lower(u.email) = lower(wanted);
    perform private.record(
        'staff.find_person', private.personal_org(person.id), person.id::text, success => person.id is not null
    );
    if person.id is null then
        return null;
    end if;
    return jsonb_build_object(
        'id', person.id, 'email', person.email, 'created_at', person.created_at, 'last_sign_in_at', person.last_sign_in_at,
        'banned_until', person.banned_until,
        'organizations', (
            select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'role', m.role) order by m.created_at), '[]')
            from public.memberships as m inner join public.organizations as o on o.id = m.org_id where m.user_id = person.id
        )
    );
end
$$;
comment on function backend.staff_find_person(text) is 'A person by id or e-mail address, with their organizations; null if there is none.';

create function backend.staff_read_organization(org uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_staff('ops');
    perform private.record('staff.read_organization', org, org::text);
    return (
        select to_jsonb(o) || jsonb_build_object(
            'members', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', u.id, 'email', u.email, 'role', m.role, 'since', m.created_at
                ) order by m.created_at), '[]')
                from public.memberships as m inner join auth.users as u on u.id = m.user_id where m.org_id = o.id
            ),
            'api_keys', (
                select coalesce(jsonb_agg(to_jsonb(k) order by k.created_at), '[]') from public.api_keys as k where k.org_id = o.id
            )
        )
        from public.organizations as o where o.id = org
    );
end
$$;
comment on function backend.staff_read_organization(uuid) is 'An organization with its members and keys; null if there is none.';

grant execute on function backend.staff_find_person(text), backend.staff_read_organization(uuid) to staff_reader;
