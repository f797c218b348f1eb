-- Who has billing:read sees their organization's invoices; nobody writes, service_role included.
call private.close('public.invoices');

grant select on public.invoices to authenticated, integrator, service_role;

create policy invoices_select on public.invoices for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('billing:read'))));
