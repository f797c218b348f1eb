-- Members see their organizations and API keys with settings:read theirs; who has settings:write renames them. The rest goes through functions.
call private.close('public.organizations');

grant select on public.organizations to authenticated, integrator;
grant update (name) on public.organizations to authenticated;
grant select, insert, update, delete on public.organizations to service_role;

create policy organizations_select on public.organizations for select to authenticated, integrator
using (id = any(array(select private.orgs_with('settings:read'))));

create policy organizations_update on public.organizations for update to authenticated
using (id = any(array(select private.orgs_with('settings:write'))))
with check (id = any(array(select private.orgs_with('settings:write'))));
