-- What web clients call: each asks the private function of the same name, which decides.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function public.create_organization(name text) returns public.organizations
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.create_organization(name) $$;
comment on function public.create_organization(text) is 'Make an organization that you own.';

create function public.change_role(org_id uuid, user_id uuid, role text) returns public.memberships
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.change_role(org_id, user_id, role) $$;
comment on function public.change_role(uuid, uuid, text) is 'Give a member another role.';

create function public.remove_member(org_id uuid, user_id uuid) returns jsonb
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.remove_member(org_id, user_id) $$;
comment on function public.remove_member(uuid, uuid) is 'Take a member out; the answer lists the API keys that end with it.';

create function public.leave_organization(org_id uuid) returns jsonb
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.remove_member(org_id, private.me()) $$;
comment on function public.leave_organization(uuid) is 'Leave; the answer lists your API keys that end with it.';

create function public.transfer_organization(org_id uuid, user_id uuid) returns void
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.transfer_organization(org_id, user_id) $$;
comment on function public.transfer_organization(uuid, uuid) is 'Hand an organization over to another member and become its admin.';

create function public.delete_organization(org_id uuid) returns void
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.delete_organization(org_id) $$;
comment on function public.delete_organization(uuid) is 'Delete an organization and all it owns.';

create function public.adopt_key(key_id uuid, user_id uuid) returns public.api_keys
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.adopt_key(key_id, user_id) $$;
comment on function public.adopt_key(uuid, uuid) is 'Give an API key another maker before its maker leaves.';

grant execute on function
public.create_organization(text), private.create_organization(text),
public.change_role(uuid, uuid, text), private.change_role(uuid, uuid, text),
public.remove_member(uuid, uuid), private.remove_member(uuid, uuid),
public.leave_organization(uuid),
public.transfer_organization(uuid, uuid), private.transfer_organization(uuid, uuid),
public.delete_organization(uuid), private.delete_organization(uuid),
public.adopt_key(uuid, uuid), private.adopt_key(uuid, uuid)
to authenticated;
