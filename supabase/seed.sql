-- Two people and two organizations to try things with, on machines of developers only. Both sign in with "Mainstay-seed-1".

insert into auth.users (
    id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
    confirmation_token, recovery_token, email_change, email_change_token_new
)
select
    person.id,
    'authenticated' as aud,
    'authenticated' as role,
    person.email,
    extensions.crypt('Mainstay-seed-1', extensions.gen_salt('bf')) as encrypted_password,
    now() as email_confirmed_at,
    '{"provider": "email", "providers": ["email"]}'::jsonb as raw_app_meta_data,
    jsonb_build_object('display_name', person.display_name) as raw_user_meta_data,
    '' as confirmation_token,
    '' as recovery_token,
    '' as email_change,
    '' as email_change_token_new
from (
    values
    ('00000000-0000-4000-8000-00000000000a'::uuid, 'ada@example.com', 'Ada'),
    ('00000000-0000-4000-8000-00000000000b'::uuid, 'grace@example.com', 'Grace')
) as person (id, email, display_name)
on conflict do nothing;

-- Supabase Auth looks people up by instance, a column that the embedded Auth does not have.
do $$
begin
    if exists (
        select from information_schema.columns
        where table_schema = 'auth' and table_name = 'users' and column_name = 'instance_id'
    ) then
        execute $sql$
            update auth.users set instance_id = '00000000-0000-0000-0000-000000000000'
            where email in ('ada@example.com', 'grace@example.com') and instance_id is null
        $sql$;
    end if;
end
$$;

insert into public.organizations (id, name) values
('00000000-0000-4000-8000-0000000000aa', 'Analytical Engines'),
('00000000-0000-4000-8000-0000000000bb', 'Compilers')
on conflict do nothing;

insert into public.memberships (org_id, user_id, role) values
('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-00000000000a', 'owner'),
('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-00000000000b', 'member'),
('00000000-0000-4000-8000-0000000000bb', '00000000-0000-4000-8000-00000000000b', 'owner')
on conflict do nothing;

-- Everybody who signs up on a developer's machine comes from one address.
update private.settings set value = '1000'
where name = 'sign_ups_per_hour';
