-- Everybody sees how much plans give; the catalog is written by operators, with make catalog.
call private.close('public.plan_limits');

grant select on public.plan_limits to anon, authenticated, integrator, service_role;

create policy plan_limits_select on public.plan_limits for select to anon, authenticated, integrator
using (true);
