-- What an organization demands of its members, what happens when nobody owns it, and what a personal one is protected from.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table public.organizations
add column demands_aal2 boolean not null default false,
add column ownerless_at timestamptz;
comment on column public.organizations.demands_aal2 is 'Whether sensitive permissions need a second factor here.';
comment on column public.organizations.ownerless_at is 'Since when nobody owns it: it is frozen until staff name an owner.';

alter table private.permissions add column sensitive boolean not null default false;
comment on column private.permissions.sensitive is 'Needs a second factor in organizations that demand one.';
insert into private.permissions (permission) values ('ownership:write');
insert into private.role_permissions (role, permission) values ('owner', 'ownership:write');
update private.permissions set sensitive = true
where permission in ('ownership:write', 'members:write', 'api-keys:write', 'billing:write');

-- Definer: fires for Supabase Auth's role, too, when a person is deleted.
create function private.mark_ownerless() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from public.organizations as o
    where o.id in (select r.org_id from old_rows as r where r.role = 'owner')
    order by o.id for no key update;
    update public.organizations as o set ownerless_at = now()
    where o.id in (select r.org_id from old_rows as r where r.role = 'owner')
        and o.personal_of is null
        and o.ownerless_at is null
        and not exists (select from public.memberships as m where m.org_id = o.id and m.role = 'owner');
    return null;
end
$$;
comment on function private.mark_ownerless() is 'Trigger of memberships: freezes an organization that has just lost its last owner.';
create trigger mark_ownerless_deleted after delete on public.memberships
referencing old table as old_rows
for each statement execute function private.mark_ownerless();
create trigger mark_ownerless_updated after update on public.memberships
referencing old table as old_rows
for each statement execute function private.mark_ownerless();

-- Definer: as above. Two owners deleted at once must wait for each other, or neither sees that nobody is left.
create function private.lock_organizations_of_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from public.organizations as o
    where o.id in (select m.org_id from public.memberships as m where m.user_id = old.id)
    order by o.id for no key update;
    return old;
end
$$;
comment on function private.lock_organizations_of_deleted() is
'Trigger of auth.users: holds a person''s organizations, in one order, while the person is deleted.';
create or replace trigger lock_organizations before delete on auth.users
for each row execute function private.lock_organizations_of_deleted();

-- Definer: as above. A maker who comes back gets no old keys back.
create function private.end_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update public.api_keys as k set revoked_at = now()
    from old_rows as r
    where k.org_id = r.org_id and k.maker_id = r.user_id and k.revoked_at is null;
    return null;
end
$$;
comment on function private.end_keys() is 'Trigger of memberships: the keys of who leaves end for good.';
create trigger end_keys after delete on public.memberships
referencing old table as old_rows
for each statement execute function private.end_keys();

-- Definer: as above.
create function private.guard_personal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_table_name = 'memberships' then
        if exists (
            select from public.organizations as o
            where o.id = new.org_id and o.personal_of is not null
                and (o.personal_of <> new.user_id or new.role <> 'owner')
        ) then
            perform private.refuse(409, 'A personal organization has one member, the person whose it is.');
        end if;
        return new;
    end if;
    if old.personal_of is not null and exists (select from auth.users as u where u.id = old.personal_of) then
        perform private.refuse(409, 'A personal organization goes with its person, and not before.');
    end if;
    return old;
end
$$;
comment on function private.guard_personal() is
'Trigger: nobody joins a personal organization, and it is not deleted apart from its person.';
create trigger guard_personal before insert or update on public.memberships
for each row execute function private.guard_personal();
create trigger guard_personal before delete on public.organizations
for each row execute function private.guard_personal();
