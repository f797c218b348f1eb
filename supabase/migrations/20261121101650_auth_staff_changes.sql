-- What staff change: owners of frozen organizations, bans, and who is staff. Each leaves a trace.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, each: staff have no rights on customers' tables.
create function backend.staff_name_owner(org uuid, person uuid, reason text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_staff('admin');
    perform private.lock_organization(org);
    if person = private.me() then
        perform private.refuse(409, 'Staff do not name themselves. Ask a colleague.');
    elsif not private.is_in_good_standing(person) or not exists (select from public.organizations as o where o.id = org) then
        perform private.refuse(404, 'No such organization or person.');
    end if;
    insert into public.memberships (org_id, user_id, role) values (org, person, 'owner')
    on conflict (org_id, user_id) do update set role = 'owner';
    update public.organizations as o set ownerless_at = null where o.id = org;
    perform private.record('staff.name_owner', org, person::text, after => jsonb_build_object('reason', reason));
end
$$;
comment on function backend.staff_name_owner(uuid, uuid, text) is 'Gives an organization an owner, which thaws a frozen one.';

create function backend.staff_ban(person uuid, until timestamptz, reason text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_staff('admin');
    if exists (select from private.staff as s where s.user_id = person) then
        perform private.require_staff('super_admin');
    end if;
    update auth.users as u set banned_until = until where u.id = person;
    if not found then
        perform private.refuse(404, 'No such person.');
    end if;
    perform private.record(
        'staff.ban', private.personal_org(person), person::text, after => jsonb_build_object('until', until, 'reason', reason)
    );
end
$$;
comment on function backend.staff_ban(uuid, timestamptz, text) is
'Takes every table from a person until then, from their next statement on; null lifts a ban. Staff are banned by super_admins.';

create function backend.staff_set_role(person uuid, new_role text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_staff('super_admin');
    if person = private.me() then
        perform private.refuse(409, 'Nobody changes their own staff role. Ask another super_admin.');
    elsif new_role is null then
        delete from private.staff as s where s.user_id = person;
    else
        insert into private.staff (user_id, role) values (person, new_role)
        on conflict (user_id) do update set role = excluded.role;
    end if;
end
$$;
comment on function backend.staff_set_role(uuid, text) is 'Makes somebody staff, changes their staff role, or with null ends it.';

grant execute on function
backend.staff_name_owner(uuid, uuid, text),
backend.staff_ban(uuid, timestamptz, text),
backend.staff_set_role(uuid, text)
to staff_reader;
