-- Who may change members sees their organization's invitations; everything else goes through functions.
call private.close('public.invitations');

grant select on public.invitations to authenticated;
grant select, insert, update, delete on public.invitations to service_role;

create policy invitations_select on public.invitations for select to authenticated
using (org_id = any(array(select private.orgs_with('members:write'))));
