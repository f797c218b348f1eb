-- Which role of an organization holds which permission: rows, so that a later module adds its own with one insert.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.roles (
    role text primary key check (role ~ '^[a-z][a-z_]{0,30}$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.roles is 'The roles a person can have in an organization.';

create table private.permissions (
    permission text primary key check (permission ~ '^[a-z][a-z-]{0,40}:(read|write)$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.permissions is 'Every permission there is, and so every scope an API key can have.';

create table private.role_permissions (
    role text not null references private.roles,
    permission text not null references private.permissions,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (role, permission)
);
comment on table private.role_permissions is 'What each role may do.';
create index role_permissions_permission_idx on private.role_permissions (permission);

call private.seal('private.roles');
call private.seal('private.permissions');
call private.seal('private.role_permissions');
create trigger touch_updated_at before update on private.roles
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.permissions
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.role_permissions
for each row execute function private.touch_updated_at();

insert into private.roles (role) values ('owner'), ('admin'), ('billing'), ('member');

insert into private.permissions (permission)
select thing || ':' || verb as permission
from unnest(array['profile', 'members', 'api-keys', 'billing', 'audit', 'settings']) as thing
cross join unnest(array['read', 'write']) as verb;

insert into private.role_permissions (role, permission)
select
    'owner' as role,
    permission
from private.permissions;
insert into private.role_permissions (role, permission)
select
    'admin' as role,
    permission
from private.permissions
where permission <> 'billing:write';
insert into private.role_permissions (role, permission) values
('billing', 'profile:read'), ('billing', 'profile:write'), ('billing', 'members:read'), ('billing', 'settings:read'),
('billing', 'billing:read'), ('billing', 'billing:write'),
('member', 'profile:read'), ('member', 'profile:write'), ('member', 'members:read'), ('member', 'settings:read');
