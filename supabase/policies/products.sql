-- Everybody sees what is sold; the catalog is written by operators, with make catalog.
call private.close('public.products');

grant select on public.products to anon, authenticated, integrator, service_role;

create policy products_select on public.products for select to anon, authenticated, integrator
using (true);
