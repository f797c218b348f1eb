-- Invitations as our functions and web clients call them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function public.create_invitation(
    org_id uuid, email text, role text, id uuid, pepper_version integer, digest text
) returns public.invitations
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.create_invitation(org_id, email, role, id, pepper_version, digest) $$;
comment on function public.create_invitation(uuid, text, text, uuid, integer, text) is
'For our functions: POST /functions/v1/auth/invitations derives the token and calls this as the person.';

create function public.resend_invitation(invitation_id uuid) returns public.invitations
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.resend_invitation(invitation_id) $$;
comment on function public.resend_invitation(uuid) is 'Send an invitation again, for another 7 days.';

create function public.revoke_invitation(invitation_id uuid) returns public.invitations
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.revoke_invitation(invitation_id) $$;
comment on function public.revoke_invitation(uuid) is 'End an invitation that nobody has accepted.';

create function public.accept_invitation(token text) returns public.memberships
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.accept_invitation(token) $$;
comment on function public.accept_invitation(text) is 'Join the organization you were invited to, with the address you confirmed.';

grant execute on function
public.create_invitation(uuid, text, text, uuid, integer, text), private.create_invitation(uuid, text, text, uuid, integer, text),
public.resend_invitation(uuid), private.resend_invitation(uuid),
public.revoke_invitation(uuid), private.revoke_invitation(uuid),
public.accept_invitation(text), private.accept_invitation(text)
to authenticated;
