-- Who has audit:read reads what happened in their organization; nobody writes, service_role included.
call private.close('public.audit_log');

grant select on public.audit_log to authenticated, integrator, service_role;

create policy audit_log_select on public.audit_log for select to authenticated, integrator
using (org_id = any(array(select private.orgs_with('audit:read'))));
