-- Everybody sees what plans include; the catalog is written by operators, with make catalog.
call private.close('public.plan_features');

grant select on public.plan_features to anon, authenticated, integrator, service_role;

create policy plan_features_select on public.plan_features for select to anon, authenticated, integrator
using (true);
