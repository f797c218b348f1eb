-- Acts without a row of ours: an export, an erasure, a sign-in from a device not seen before.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.personal_org(person uuid) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select o.id from public.organizations as o where o.personal_of = person);
end
$$;
comment on function private.personal_org(uuid) is 'Whose members read what concerns this person alone: themselves.';

create function private.export_me() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    document constant jsonb := private.collect_me();
begin
    perform private.record('account.exported', private.personal_org(private.me()), private.me()::text);
    return document;
end
$$;
comment on function private.export_me() is 'Everything that is stored about the person asking, and an audit row that it was asked for.';
create function public.export_me() returns jsonb
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.export_me() $$;
comment on function public.export_me() is 'Everything that is stored about you.';
grant execute on function private.export_me(), public.export_me() to authenticated;

create function private.note_erasure(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.record('account.erased', private.personal_org(person), person::text);
end
$$;
comment on function private.note_erasure(uuid) is 'Notes that somebody erased themselves, before they are gone.';

-- Definer: fires for Supabase Auth's role, whose sign-in it must never fail.
create function private.note_sign_in() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from auth.sessions as s where s.user_id = new.user_id and s.id <> new.id)
        and not exists (
            select from auth.sessions as s
            where s.user_id = new.user_id and s.id <> new.id and s.user_agent is not distinct from new.user_agent
        )
    then
        insert into public.audit_log (org_id, action, subject, actor_kind, actor_id, ip, agent)
        values (
            private.personal_org(new.user_id), 'sessions.new_device', new.id::text, 'person', new.user_id,
            new.ip, left(new.user_agent, 256)
        );
    end if;
    return null;
end
$$;
comment on function private.note_sign_in() is
'Trigger of auth.sessions: notes a sign-in from a device with no other session of that person.';
create or replace trigger note_sign_in after insert on auth.sessions
for each row execute function private.note_sign_in();
