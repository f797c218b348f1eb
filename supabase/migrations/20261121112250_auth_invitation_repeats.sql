-- Inviting takes an Idempotency-Key: a repeat answers with the invitation that was made the first time, and mails nothing.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function private.create_invitation(
    org uuid, address text, as_role text, new_id uuid, pepper integer, digest_hex text
)
returns public.invitations
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    route constant text := 'POST /auth/invitations';
    answer jsonb;
    made public.invitations;
begin
    perform private.require_function('auth');
    perform private.require_permission(org, 'members:write');
    answer := private.replayed(route);
    if answer is not null then
        return jsonb_populate_record(made, answer);
    end if;
    -- Locked after the claim, so that repeats of one request never wait for each other; then asked once more.
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
    perform private.keep_answer(route, to_jsonb(made));
    return made;
end
$$;
