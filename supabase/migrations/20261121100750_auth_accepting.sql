-- Accepting an invitation: once, with the address it was sent to, while who invited could still give that role.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.accept_invitation(token text) returns public.memberships
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    accepted public.invitations;
    membership public.memberships;
begin
    perform private.lock_organization((
        select i.org_id from public.invitations as i inner join private.invitation_digests as d on d.invitation_id = i.id
        where d.digest = sha256(convert_to(token, 'utf8'))
    ));
    update public.invitations as i set accepted_at = now()
    from private.invitation_digests as d, auth.users as u
    where d.digest = sha256(convert_to(token, 'utf8'))
        and i.id = d.invitation_id
        and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
        and u.id = private.me()
        and u.email_confirmed_at is not null
        and lower(u.email) = i.email
        and private.is_in_good_standing(i.invited_by)
        and 'members:write' in (select private.held_by(i.invited_by, i.org_id))
        and not exists (
            select from private.role_permissions as rp
            where rp.role = i.role and rp.permission not in (select private.held_by(i.invited_by, i.org_id))
        )
    returning i.* into accepted;
    if accepted.id is null then
        perform private.refuse(404, 'No such invitation for you: it has ended, or it is not for the address you confirmed.');
    end if;
    insert into public.memberships (org_id, user_id, role) values (accepted.org_id, private.me(), accepted.role)
    on conflict (org_id, user_id) do nothing;
    select m.* into membership from public.memberships as m where m.org_id = accepted.org_id and m.user_id = private.me();
    return membership;
end
$$;
comment on function private.accept_invitation(text) is
'Joins the organization that the token invites to, once, while who invited could still give that role. Members keep theirs.';
