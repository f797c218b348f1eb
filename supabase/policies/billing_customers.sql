-- Who has billing:read sees whom the payment provider knows their organization as; nobody writes, service_role included.
call private.close('public.billing_customers');

grant select on public.billing_customers to authenticated, integrator, service_role;

create policy billing_customers_select on public.billing_customers for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('billing:read'))));
