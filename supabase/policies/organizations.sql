-- Members see their organizations; API keys see theirs with settings:read. Nobody writes here except through functions.
call private.close('public.organizations');

grant select on public.organizations to authenticated, integrator;
grant select, insert, update, delete on public.organizations to service_role;

create policy organizations_select on public.organizations for select to authenticated, integrator
using (id = any(array(select private.orgs_with('settings:read'))));
