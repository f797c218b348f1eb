-- Which tables are under audit.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create procedure private.audit(target regclass, org_column text, key_columns text, hidden_columns text default '') -- noqa: LT01
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create trigger audit_inserted after insert on %s referencing new table as new_rows
        for each statement execute function private.audit_inserted(%L, %L, %L)', target, org_column, key_columns, hidden_columns
    );
    execute format(
        'create trigger audit_updated after update on %s referencing old table as old_rows new table as new_rows
        for each statement execute function private.audit_updated(%L, %L, %L)', target, org_column, key_columns, hidden_columns
    );
    execute format(
        'create trigger audit_deleted after delete on %s referencing old table as old_rows
        for each statement execute function private.audit_deleted(%L, %L, %L)', target, org_column, key_columns, hidden_columns
    );
end
$$;
comment on procedure private.audit(regclass, text, text, text) -- noqa: LT01
is 'Puts a table under audit: the column of its organization, its key of one or two columns, and columns not to be kept.';

call private.audit('public.profiles', 'none', 'id', 'display_name,avatar_url');
call private.audit('public.organizations', 'id', 'id');
call private.audit('public.memberships', 'org_id', 'org_id,user_id');
call private.audit('public.api_keys', 'org_id', 'id');
call private.audit('public.invitations', 'org_id', 'id', 'email');
call private.audit('private.settings', 'none', 'name');
call private.audit('private.role_permissions', 'none', 'role,permission');
call private.audit('private.permissions', 'none', 'permission');
call private.audit('private.function_keys', 'none', 'name', 'digest');
