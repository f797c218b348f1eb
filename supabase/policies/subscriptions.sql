-- Who has billing:read sees what their organization subscribes to; nobody writes, service_role included.
call private.close('public.subscriptions');

grant select on public.subscriptions to authenticated, integrator, service_role;

create policy subscriptions_select on public.subscriptions for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('billing:read'))));
