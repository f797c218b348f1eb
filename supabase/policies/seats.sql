-- Members see who has a seat; nobody writes but through functions, which count.
call private.close('public.seats');

grant select on public.seats to authenticated, integrator, service_role;

create policy seats_select on public.seats for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('members:read'))));
