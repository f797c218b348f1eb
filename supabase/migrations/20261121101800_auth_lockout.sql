-- Slowing down who guesses passwords and second factors, without letting strangers lock somebody out.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.failed_attempts (
    kind text not null check (kind in ('password', 'mfa')),
    user_id uuid not null references auth.users on delete cascade,
    -- 0.0.0.0/0 counts the account as a whole.
    network cidr not null,
    failures integer not null default 0,
    window_began_at timestamptz not null default now(),
    locks integer not null default 0,
    locked_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (kind, user_id, network)
);
comment on table private.failed_attempts is 'Wrong passwords and codes, by account and the network they came from.';
create index failed_attempts_user_id_idx on private.failed_attempts (user_id);
call private.seal('private.failed_attempts');
create trigger touch_updated_at before update on private.failed_attempts
for each row execute function private.touch_updated_at();

create function private.count_attempt(
    attempt text, person uuid, source cidr, most integer, succeeded boolean
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present private.failed_attempts;
begin
    insert into private.failed_attempts as f (kind, user_id, network) values (attempt, person, source)
    on conflict (kind, user_id, network) do update set updated_at = now()
    returning f.* into present;
    if present.locked_until > now() then
        return false;
    elsif succeeded then
        delete from private.failed_attempts as f where f.kind = attempt and f.user_id = person and f.network = source;
        return true;
    end if;
    if present.window_began_at < now() - interval '15 minutes' then
        present.failures := 0;
        present.window_began_at := now();
    end if;
    present.failures := present.failures + 1;
    if present.failures >= most then
        -- 15 minutes, then twice as long each time, a day at most.
        present.locked_until := now() + least(interval '15 minutes' * power(2, least(present.locks, 10)), interval '1 day');
        present.locks := present.locks + 1;
        present.failures := 0;
    end if;
    update private.failed_attempts as f set
        failures = present.failures, window_began_at = present.window_began_at, locks = present.locks,
        locked_until = present.locked_until
    where f.kind = attempt and f.user_id = person and f.network = source;
    return true;
end
$$;
comment on function private.count_attempt(text, uuid, cidr, integer, boolean) is
'Whether an attempt may go on. The given number of failures within 15 minutes locks, for longer each time; a success forgets them.';

create function private.judge_attempt(attempt text, event jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := (event ->> 'user_id')::uuid;
    succeeded constant boolean := (event ->> 'valid')::boolean;
    source constant cidr := private.network_of(event -> 'metadata' ->> 'ip_address');
    from_here boolean;
begin
    -- From one network 5 failures lock that network out of the account. The account itself is locked by 5 from nowhere
    -- known, or by 50 from many networks: nobody locks others out from where they sit.
    from_here := source is null or private.count_attempt(attempt, person, source, 5, succeeded);
    if from_here and private.count_attempt(
        attempt, person, '0.0.0.0/0', case when source is null then 5 else 50 end, succeeded
    ) then
        return '{"decision": "continue"}';
    end if;
    -- The server's own words for a wrong password: a lock must not tell a stranger that there is an account.
    return '{"decision": "reject", "message": "Invalid login credentials", "should_logout_user": false}';
end
$$;
comment on function private.judge_attempt(text, jsonb) is 'The answer to Supabase Auth for one attempt: continue, or reject while locked.';

-- Definer: called as supabase_auth_admin, which has no rights on our tables.
create function hooks.password_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.judge_attempt('password', event);
end
$$;
comment on function hooks.password_verification_attempt(jsonb) is 'Locks after 5 wrong passwords in 15 minutes, for longer each time.';

create function hooks.mfa_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.judge_attempt('mfa', event);
end
$$;
comment on function hooks.mfa_verification_attempt(jsonb) is 'Locks after 5 wrong codes in 15 minutes, for longer each time.';

grant execute on function hooks.password_verification_attempt(jsonb), hooks.mfa_verification_attempt(jsonb) to supabase_auth_admin;
