-- What clients and functions may know of settings and flags.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- squawk-ignore adding-field-with-default
alter table private.settings add column public boolean not null default false;
comment on column private.settings.public is 'Whether clients are told. No setting is a secret: those stand in functions'' environments.';

create type private.subject as (org uuid, person uuid);

-- Definer, this one and those below: memberships, flags and settings are closed to the caller.
create function private.subject(org_id uuid) returns private.subject
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    person constant uuid := private.me();
begin
    if claims ->> 'role' = 'integrator' and org_id is distinct from (claims ->> 'org_id')::uuid and org_id is not null then
        perform private.refuse(404, 'No such organization, or you are not in it.');
    elsif claims ->> 'role' = 'integrator' then
        return ((claims ->> 'org_id')::uuid, (claims ->> 'maker')::uuid)::private.subject;
    elsif claims ->> 'role' = 'anon' and org_id is null then
        return null;
    elsif person is null then
        perform private.refuse(401, 'Sign in first.');
    elsif org_id is not null and not exists (
        select from public.memberships as m where m.org_id = subject.org_id and m.user_id = person
    ) then
        perform private.refuse(404, 'No such organization, or you are not in it.');
    end if;
    return (coalesce(org_id, private.personal_org(person)), person)::private.subject;
end
$$;
comment on function private.subject(uuid) is
'For whom flags are decided: a key''s organization and maker; a person in this organization, else in their personal one; nobody.';

create function private.own_flags(org_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant private.subject := private.subject(org_id);
begin
    return private.flags(caller.org, caller.person, only_public => true);
end
$$;
comment on function private.own_flags(uuid) is 'How the public flags stand for the caller.';

create function private.public_settings() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select coalesce(jsonb_object_agg(s.name, s.value), '{}') from private.settings as s where s.public);
end
$$;
comment on function private.public_settings() is 'The settings that clients may know: {name: value}.';

create function public.flags(org_id uuid default null) returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$ select private.own_flags(org_id) $$;
comment on function public.flags(uuid) is
'Which features are on for you in an organization of yours, else in your personal one: {name: true or false}.';

create function public.public_settings() returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$ select private.public_settings() $$;
comment on function public.public_settings() is 'Settings that clients may know: {name: value}.';

grant execute on function
private.own_flags(uuid), private.public_settings(), public.flags(uuid), public.public_settings()
to authenticated, integrator;

create function backend.settings(org uuid default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    caller private.subject;
begin
    perform private.require_function();
    caller := private.subject(org);
    return jsonb_build_object(
        'settings', (select coalesce(jsonb_object_agg(s.name, s.value), '{}') from private.settings as s),
        'flags', private.flags(caller.org, caller.person, only_public => false),
        'public', jsonb_build_object(
            'settings', private.public_settings(),
            'flags', private.flags(caller.org, caller.person, only_public => true)
        )
    );
end
$$;
comment on function backend.settings(uuid) is
'Everything a function may know: {settings, flags, public: {settings, flags}}, flags as they stand for the caller.';
grant execute on function backend.settings(uuid) to gatekeeper, observer;
