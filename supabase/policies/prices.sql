-- Everybody sees what is sold; what somebody pays by agreement is nobody else's. The catalog is written by operators.
call private.close('public.prices');

grant select on public.prices to anon, authenticated, integrator, service_role;

create policy prices_select on public.prices for select to anon, authenticated, integrator
using (sellable);
