-- Members see who else is in their organizations; API keys with members:read do too. Nobody writes here except through functions.
call private.close('public.memberships');

grant select on public.memberships to authenticated, integrator;
grant select, insert, update, delete on public.memberships to service_role;

create policy memberships_select on public.memberships for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('members:read'))));
