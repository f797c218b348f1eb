-- Making, handing over and deleting organizations, and who is in them. Web clients call the functions of schema public.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('organizations_per_person', '20', 'How many organizations one person may own, their personal one not counted.');

-- Definer: nobody writes organizations and memberships but these functions.
create function private.create_organization(called text) returns public.organizations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'organizations_per_person');
    made public.organizations;
begin
    if person is null then
        perform private.refuse(401, 'Sign in first.');
    end if;
    perform pg_advisory_xact_lock(hashtextextended('organizations of ' || person, 0));
    if (
        select count(*) from public.memberships as m
        inner join public.organizations as o on o.id = m.org_id
        where m.user_id = person and m.role = 'owner' and o.personal_of is null
    ) >= most then
        perform private.refuse(409, format('One person may own %s organizations. Delete one, or hand one over.', most));
    end if;
    insert into public.organizations (name) values (called) returning * into made;
    insert into public.memberships (org_id, user_id, role) values (made.id, person, 'owner');
    return made;
end
$$;
comment on function private.create_organization(text) is 'A new organization, owned by the person asking.';

create function private.change_role(org uuid, person uuid, new_role text) returns public.memberships
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present public.memberships;
begin
    perform private.lock_organization(org);
    perform private.require_permission(org, 'members:write');
    select m.* into present from public.memberships as m where m.org_id = org and m.user_id = person;
    if present.role is null then
        perform private.refuse(404, 'No such member.');
    elsif not exists (select from private.roles as r where r.role = new_role) then
        perform private.refuse(400, 'No such role.', '[{"field": "role", "problem": "Choose owner, admin, billing or member."}]');
    end if;
    perform private.require_no_more_than_mine(org, present.role);
    perform private.require_no_more_than_mine(org, new_role);
    if new_role <> 'owner' then
        perform private.require_another_owner(org, person);
    end if;
    update public.memberships as m set role = new_role where m.org_id = org and m.user_id = person returning m.* into present;
    return present;
end
$$;
comment on function private.change_role(uuid, uuid, text) is
'Gives a member another role, neither of which may do more than the caller. The last owner stays one.';

create function private.remove_member(org uuid, person uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present text;
    ending jsonb;
begin
    perform private.lock_organization(org);
    if person is distinct from private.me() then
        perform private.require_permission(org, 'members:write');
    end if;
    select m.role into present from public.memberships as m where m.org_id = org and m.user_id = person;
    if present is null then
        perform private.refuse(404, 'No such member.');
    elsif exists (select from public.organizations as o where o.id = org and o.personal_of is not null) then
        perform private.refuse(409, 'A personal organization has one member, the person whose it is.');
    elsif person is distinct from private.me() then
        perform private.require_no_more_than_mine(org, present);
    end if;
    perform private.require_another_owner(org, person);
    select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name, 'lookup', k.lookup) order by k.created_at), '[]')
    into ending
    from public.api_keys as k
    where k.org_id = org and k.maker_id = person and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
    delete from public.memberships as m where m.org_id = org and m.user_id = person;
    return jsonb_build_object('org_id', org, 'user_id', person, 'ended_keys', ending);
end
$$;
comment on function private.remove_member(uuid, uuid) is
'Takes a member, or the caller, out of an organization; answers with the API keys that end with it. adopt_key saves one beforehand.';

create function private.transfer_organization(org uuid, new_owner uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.lock_organization(org);
    perform private.require_permission(org, 'ownership:write');
    if not exists (select from public.memberships as m where m.org_id = org and m.user_id = new_owner)
        or not private.is_in_good_standing(new_owner)
    then
        perform private.refuse(404, 'No such member. Invite them first.');
    elsif new_owner = private.me() then
        perform private.refuse(409, 'You are an owner already. Name somebody else.');
    end if;
    update public.memberships as m set role = 'owner' where m.org_id = org and m.user_id = new_owner;
    update public.memberships as m set role = 'admin' where m.org_id = org and m.user_id = private.me();
end
$$;
comment on function private.transfer_organization(uuid, uuid) is 'Makes another member owner, and the caller an admin.';

create function private.delete_organization(org uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.lock_organization(org);
    perform private.require_permission(org, 'ownership:write');
    delete from public.organizations as o where o.id = org;
end
$$;
comment on function private.delete_organization(uuid) is 'Deletes an organization with everything it owns. A personal one is refused.';

create function private.adopt_key(key uuid, new_maker uuid) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    adopted public.api_keys;
begin
    perform private.lock_organization((select k.org_id from public.api_keys as k where k.id = key));
    select k.* into adopted from public.api_keys as k where k.id = key for no key update;
    if adopted.id is null or adopted.org_id not in (select private.orgs_with('api-keys:write')) then
        perform private.refuse(404, 'No such API key.');
    elsif exists (select from unnest(adopted.scopes) as s where s not in (select private.held_by(private.me(), adopted.org_id))) then
        perform private.refuse(403, 'This key may do more than you. Ask somebody who may do all that it does.');
    elsif not private.is_in_good_standing(new_maker)
        or exists (select from unnest(adopted.scopes) as s where s not in (select private.held_by(new_maker, adopted.org_id)))
    then
        perform private.refuse(409, 'Its new maker must be a member who may do all that the key does. Choose another, or fewer scopes.');
    end if;
    update public.api_keys as k set maker_id = new_maker where k.id = key returning k.* into adopted;
    return adopted;
end
$$;
comment on function private.adopt_key(uuid, uuid) is 'Gives a key another maker, so that it goes on when the first one leaves.';
