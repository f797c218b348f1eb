-- Inviting, sending again and revoking. The token is derived outside, so inviting goes through our functions only.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.send_invitation(invitation public.invitations) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most constant integer := (select s.value::integer from private.settings as s where s.name = 'invitations_per_day');
    mine constant integer := (select s.value::integer from private.settings as s where s.name = 'invitations_per_person_per_day');
    person constant uuid := private.me();
begin
    perform pg_advisory_xact_lock(hashtextextended('invitations of ' || person, 0));
    if (
        select count(*) from private.invitation_sends as s
        where s.org_id = invitation.org_id and s.created_at > now() - interval '24 hours'
    ) >= most then
        perform private.refuse(429, format('An organization may send %s invitations a day. Try again tomorrow.', most));
    elsif (
        select count(*) from private.invitation_sends as s where s.sender = person and s.created_at > now() - interval '24 hours'
    ) >= mine then
        perform private.refuse(429, format('One person may send %s invitations a day. Try again tomorrow.', mine));
    end if;
    insert into private.invitation_sends (org_id, sender) values (invitation.org_id, person);
    insert into private.outbox (kind, dedupe_key, payload) values (
        'mail.invitation', format('invitation:%s:%s', invitation.id, invitation.sends),
        jsonb_build_object('invitation_id', invitation.id, 'send', invitation.sends)
    );
end
$$;
comment on function private.send_invitation(public.invitations) is
'Writes the outbox row of one mail, within the organization''s daily quota. The caller holds the organization''s lock.';

create function private.create_invitation(
    org uuid, address text, as_role text, new_id uuid, pepper integer, digest_hex text
)
returns public.invitations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    made public.invitations;
begin
    perform private.require_function('auth');
    perform private.lock_organization(org);
    perform private.require_permission(org, 'members:write');
    if (digest_hex ~ '^[0-9a-f]{64}$') is not true then
        perform private.refuse(400, 'The digest is not one of SHA-256.');
    elsif exists (select from public.organizations as o where o.id = org and o.personal_of is not null) then
        perform private.refuse(409, 'Nobody can join a personal organization. Make another one.');
    elsif not exists (select from private.roles as r where r.role = as_role) then
        perform private.refuse(400, 'No such role.', '[{"field": "role", "problem": "Choose owner, admin, billing or member."}]');
    end if;
    perform private.require_no_more_than_mine(org, as_role);
    update public.invitations as i set revoked_at = now()
    where i.org_id = org and i.email = lower(address) and i.accepted_at is null and i.revoked_at is null and i.expires_at <= now();

    insert into public.invitations (id, org_id, email, role, invited_by)
    values (new_id, org, lower(address), as_role, private.me())
    on conflict (org_id, email) where accepted_at is null and revoked_at is null do nothing
    returning * into made;
    if made.id is null then
        perform private.refuse(409, 'This address has an open invitation. Send it again, or revoke it first.');
    end if;
    insert into private.invitation_digests (invitation_id, pepper_version, digest)
    values (made.id, pepper, decode(digest_hex, 'hex'));
    perform private.send_invitation(made);
    return made;
end
$$;
comment on function private.create_invitation(uuid, text, text, uuid, integer, text) is
'Invites an address; says nothing of whether it has an account. The digest is SHA-256 of the token, in hex.';

create function private.open_invitation(invitation uuid) returns public.invitations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    found_one public.invitations;
begin
    perform private.lock_organization((select i.org_id from public.invitations as i where i.id = invitation));
    select i.* into found_one from public.invitations as i
    where i.id = invitation and i.org_id in (select private.orgs_with('members:write'))
    for update;
    if found_one.id is null then
        perform private.refuse(404, 'No such invitation.');
    elsif found_one.accepted_at is not null then
        perform private.refuse(409, 'This invitation was accepted already.');
    end if;
    return found_one;
end
$$;
comment on function private.open_invitation(uuid) is
'Locks an invitation, after its organization, that the person asking may manage and nobody has accepted.';

create function private.resend_invitation(invitation uuid) returns public.invitations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    sent public.invitations := private.open_invitation(invitation);
begin
    if sent.revoked_at is not null then
        perform private.refuse(409, 'This invitation was revoked. Invite again.');
    elsif sent.sends >= 10 then
        perform private.refuse(409, 'This invitation was sent 10 times. Revoke it and invite again.');
    end if;
    perform private.require_no_more_than_mine(sent.org_id, sent.role);
    update public.invitations as i set sends = i.sends + 1, expires_at = now() + interval '7 days'
    where i.id = sent.id returning i.* into sent;
    perform private.send_invitation(sent);
    return sent;
end
$$;
comment on function private.resend_invitation(uuid) is 'Sends an invitation again and gives it another 7 days.';

create function private.revoke_invitation(invitation uuid) returns public.invitations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    revoked public.invitations := private.open_invitation(invitation);
begin
    if revoked.revoked_at is null then
        update public.invitations as i set revoked_at = now() where i.id = revoked.id returning i.* into revoked;
    end if;
    return revoked;
end
$$;
comment on function private.revoke_invitation(uuid) is 'Ends an invitation. A repeat answers the same.';
