-- A person's first confirmed sign-in makes their profile and personal organization, in the transaction that confirms them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.plain_name(claimed text) returns text
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select left(btrim(regexp_replace(coalesce(claimed, ''), '[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]', '', 'g')), 100)
$$;
comment on function private.plain_name(text) is 'A name that a stranger chose, cut to what the profiles table takes. Never fails.';

-- Definer: Supabase Auth's role writes auth.users and has no rights on our tables.
create function private.welcome() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    personal uuid;
begin
    insert into public.profiles (id, display_name)
    values (
        new.id,
        private.plain_name(coalesce(
            new.raw_user_meta_data ->> 'display_name',
            new.raw_user_meta_data ->> 'full_name',
            new.raw_user_meta_data ->> 'name'
        ))
    )
    on conflict (id) do nothing;

    insert into public.organizations (name, personal_of) values ('Personal', new.id)
    on conflict (personal_of) do nothing
    returning id into personal;

    if personal is not null then
        insert into public.memberships (org_id, user_id, role) values (personal, new.id, 'owner');
    end if;
    return null;
end
$$;
comment on function private.welcome() is
'Trigger of auth.users. Unconfirmed and anonymous sign-ups get nothing; a repeat does nothing. Must not fail on any data.';

create or replace trigger welcome_new
after insert on auth.users
for each row
when (not new.is_anonymous and coalesce(new.email_confirmed_at, new.phone_confirmed_at) is not null)
execute function private.welcome();

create or replace trigger welcome_confirmed
after update of email_confirmed_at, phone_confirmed_at, is_anonymous on auth.users
for each row
when (not new.is_anonymous and coalesce(new.email_confirmed_at, new.phone_confirmed_at) is not null)
execute function private.welcome();
