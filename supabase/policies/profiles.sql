-- People read and change their own profile; an API key with profile:read reads its maker's.
call private.close('public.profiles');

grant select on public.profiles to authenticated, integrator;
grant update (display_name, avatar_url) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;

create policy profiles_select on public.profiles for select to authenticated
using (id = (select private.me()));

create policy profiles_select_integrator on public.profiles for select to integrator
using (id = (select private.maker_with('profile:read')));

create policy profiles_update on public.profiles for update to authenticated
using (id = (select private.me()))
with check (id = (select private.me()));
