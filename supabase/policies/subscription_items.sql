-- Who sees a subscription sees its lines; nobody writes, service_role included.
call private.close('public.subscription_items');

grant select on public.subscription_items to authenticated, integrator, service_role;

create policy subscription_items_select on public.subscription_items for select to authenticated, integrator
using (
    subscription_id = any(array(
        select s.id from public.subscriptions as s
        where s.org_id = any(array(select private.orgs_with('billing:read')))
    ))
);
