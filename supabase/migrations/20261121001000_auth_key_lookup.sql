-- Finding the API key that a function presents. Knowing the id gives nothing away: the digest is compared before any state is.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: reads digests, memberships and auth.users.
create function private.find_api_key(presented text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key record;
    matches boolean;
begin
    if presented !~ '^[0-9A-Za-z]{12}\.[0-9]{1,4}:[0-9a-f]{64}(,[0-9]{1,4}:[0-9a-f]{64}){0,3}$' then
        return jsonb_build_object('problem', 'key_unknown');
    end if;

    select k.id, k.maker_id, k.org_id, k.scopes, k.revoked_at, k.expires_at, d.digest, d.pepper_version, m.role
    into key
    from public.api_keys as k
    inner join private.api_key_digests as d on d.key_id = k.id
    left join public.memberships as m on m.org_id = k.org_id and m.user_id = k.maker_id
    where k.lookup = split_part(presented, '.', 1);

    -- Both sides are SHA-256, so how long the comparison takes says nothing about a digest.
    matches := exists (
        select from string_to_table(split_part(presented, '.', 2), ',') as part
        where split_part(part, ':', 1)::integer = key.pepper_version
            and sha256(decode(split_part(part, ':', 2), 'hex')) = key.digest
    );
    if matches is not true then
        return jsonb_build_object('problem', 'key_unknown');
    elsif key.revoked_at is not null then
        return jsonb_build_object('problem', 'key_revoked');
    elsif key.expires_at <= now() then
        return jsonb_build_object('problem', 'key_expired');
    elsif key.role is null or not private.is_in_good_standing(key.maker_id) then
        return jsonb_build_object('problem', 'key_orphaned');
    end if;
    return jsonb_build_object('claims', jsonb_build_object(
        'role', 'integrator', 'sub', key.id, 'maker', key.maker_id, 'org_id', key.org_id, 'scopes', to_jsonb(key.scopes)
    ));
end
$$;
comment on function private.find_api_key(text) is
'{claims} for a key that may be used now, else {problem}: key_unknown, key_revoked, key_expired or key_orphaned.';
