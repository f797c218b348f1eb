-- People and API keys see the keys of organizations where they may read keys; nobody writes here except through functions.
call private.close('public.api_keys');

grant select on public.api_keys to authenticated, integrator;
grant select, insert, update, delete on public.api_keys to service_role;

create policy api_keys_select on public.api_keys for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('api-keys:read'))));
