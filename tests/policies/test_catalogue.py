"""Rules of the house that the catalogue can prove."""

import pytest

from tests.world import World

TABLES = "from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'private', 'backend')"
# A row of the log is never updated.
APPEND_ONLY = "(c.relname = 'audit_log' or c.relispartition)"
FUNCTIONS = "from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks')"
NAME = "n.nspname || '.' || p.proname"

# Why each of these may act as its owner. A definer that is not listed fails.
DEFINERS = {
    "backend.staff_ban": "writes auth.users",
    "backend.staff_find_person": "staff have no rights on customers' tables",
    "backend.staff_name_owner": "nobody writes memberships but such functions",
    "backend.staff_read_organization": "staff have no rights on customers' tables",
    "backend.staff_set_role": "nobody writes staff but this",
    "gate.spend_write": "writes buckets and reads settings",
    "hooks.before_user_created": "called as supabase_auth_admin, which has no rights on our tables",
    "hooks.custom_access_token": "as before_user_created",
    "hooks.mfa_verification_attempt": "as before_user_created",
    "hooks.password_verification_attempt": "as before_user_created",
    "private.count_attempt": "writes attempts",
    "private.end_keys": "fires for Supabase Auth's role, too",
    "private.judge_attempt": "calls count_attempt",
    "private.require_staff": "reads staff",
    "private.erase_me": "deletes from auth.users",
    "backend.jobs_keep_audit": "the job runner owns nothing",
    "backend.jobs_prune_audit": "the job runner owns nothing",
    "private.audit_block": "reads the whole log",
    "private.audit_deleted": "nobody else writes the log",
    "private.audit_inserted": "nobody else writes the log",
    "private.audit_updated": "nobody else writes the log",
    "private.audit_verify": "reads the whole log",
    "private.collect_me": "reads auth.users, and names of organizations past their policies",
    "private.export_me": "writes the log",
    "private.note_erasure": "writes the log",
    "private.note_sign_in": "fires for Supabase Auth's role, whose sign-in it must not fail",
    "private.personal_org": "reads organizations past their policies",
    "private.record": "nobody else writes the log",
    "private.seal_audit": "writes seals",
    "private.list_sessions": "reads auth.sessions",
    "private.require_fresh_sign_in": "reads auth.sessions",
    "private.revoke_other_sessions": "deletes from auth.sessions",
    "private.revoke_session": "deletes from auth.sessions",
    "private.accept_invitation": "writes memberships, reads digests and confirmed addresses",
    "private.adopt_key": "nobody writes keys but the key functions",
    "private.change_role": "nobody writes memberships but the member functions",
    "private.create_invitation": "nobody writes invitations but these functions",
    "private.create_organization": "nobody writes organizations but these functions",
    "private.delete_organization": "as create_organization",
    "private.guard_personal": "fires for Supabase Auth's role, too",
    "private.held_by": "reads memberships past their own policies",
    "private.lock_organization": "locks a row that clients may not write",
    "private.mark_ownerless": "fires for Supabase Auth's role, too",
    "private.open_invitation": "locks a row that clients may not write",
    "private.remove_member": "as change_role",
    "private.require_another_owner": "reads memberships past their own policies",
    "private.require_no_more_than_mine": "reads permissions and memberships past their policies",
    "private.require_permission": "reads memberships past their own policies",
    "private.resend_invitation": "as create_invitation",
    "private.revoke_invitation": "as create_invitation",
    "private.send_invitation": "writes the outbox",
    "private.transfer_organization": "as change_role",
    "backend.admit": "the gatekeeper may call nothing else",
    "gate.recognize": "looks up function keys and API keys, closed to every caller",
    "private.check_scopes": "reads permissions and memberships past their policies",
    "private.create_api_key": "nobody writes keys but this",
    "private.effective_scopes": "reads permissions and memberships past their policies",
    "private.find_api_key": "reads digests",
    "private.is_in_good_standing": "reads auth.users",
    "private.maker_with": "reads memberships past their own policies",
    "private.me": "reads auth.sessions",
    "private.orgs_with": "reads memberships past their own policies",
    "private.platform_ip": "reads settings",
    "private.record_key_use": "stamps a key",
    "private.revoke_api_key": "nobody writes keys but this",
    "private.welcome": "Supabase Auth's role has no rights on our tables",
}


@pytest.mark.parametrize(
    ("claim", "offenders"),
    [
        (
            "row level security is enabled and forced",
            f"select n.nspname || '.' || c.relname {TABLES} and not (c.relrowsecurity and c.relforcerowsecurity)",
        ),
        (
            "every table has a policy",
            f"select c.relname {TABLES} and not exists (select from pg_policy as y where y.polrelid = c.oid)",
        ),
        ("every table has a comment", f"select c.relname {TABLES} and obj_description(c.oid, 'pg_class') is null"),
        (
            "every table has created_at and updated_at",
            f"select c.relname {TABLES} and not {APPEND_ONLY} and (select count(*) from pg_attribute as a where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at')) <> 2",
        ),
        (
            "updated_at is kept by a trigger",
            f"select c.relname {TABLES} and not {APPEND_ONLY} and not exists (select from pg_trigger as t where t.tgrelid = c.oid and t.tgname = 'touch_updated_at')",
        ),
        ("every function has a comment", f"select {NAME} {FUNCTIONS} and obj_description(p.oid, 'pg_proc') is null"),
        (
            "every search_path is pinned, and looks at temporary objects last",
            f"select {NAME} {FUNCTIONS} and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)",
        ),
        (
            "no function of the platform's auth schema is called",
            f"select {NAME} {FUNCTIONS} and p.prosrc ~ 'auth\\.(uid|role|email|jwt)\\M'",
        ),
        (
            "no definer stands in an exposed schema that clients use",
            f"select {NAME} {FUNCTIONS} and p.prosecdef and n.nspname = 'public'",
        ),
        (
            "no definer builds SQL",
            f"select {NAME} {FUNCTIONS} and p.prosecdef and p.prosrc ~* '\\mexecute\\s+(format|''|quote)'",
        ),
        (
            "only the gate switches roles",
            f"select {NAME} {FUNCTIONS} and p.prosrc ~* 'set_config\\(\\s*''role''|(^|;|\\mbegin|\\mthen|\\melse|\\mloop)\\s*set\\s+(local\\s+|session\\s+)?role\\M' and p.oid <> 'gate.enter'::regproc",
        ),
        (
            "no serialization failure is raised, since PostgREST would retry it",
            f"select {NAME} {FUNCTIONS} and p.prosrc ~ '40001'",
        ),
        (
            "every foreign key has an index that leads with it",
            (
                "select conrelid::regclass || '.' || conname from pg_constraint as k inner join pg_namespace as n on n.oid = k.connamespace"
                " where k.contype = 'f' and n.nspname in ('public', 'private') and not exists (select from pg_index as i"
                " where i.indrelid = k.conrelid and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)"
            ),
        ),
        (
            "policies call the helpers and nothing else",
            (
                "select tablename || '.' || policyname from pg_policies where schemaname = 'public' and regexp_replace("
                "concat(qual, with_check), 'private\\.(me\\(\\)|(orgs_with|maker_with)\\(''[a-z:-]+''::text\\))', '', 'g') ~ '[a-z_]+\\.[a-z_]+\\('"
            ),
        ),
        (
            "policies say for whom, one verb each",
            "select tablename || '.' || policyname from pg_policies where schemaname = 'public' and (roles = '{public}' or cmd = 'ALL')",
        ),
        (
            "no update or delete in a function lacks its where, which hosted projects refuse",
            f"select {NAME} {FUNCTIONS} and exists (select from regexp_matches(p.prosrc, '\\m(?:update\\s+[a-z_.]+\\s+(?:as\\s+\\w+\\s+)?set|delete\\s+from)[^;]*;', 'gi') as m(s) where s[1] !~* 'where')",
        ),
        (
            "no view runs as its owner",
            "select c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in ('public', 'backend') and c.relkind in ('v', 'm') and not coalesce(c.reloptions @> array['security_invoker=true'], false)",
        ),
    ],
)
def test_of_every(world: World, claim: str, offenders: str) -> None:
    found = [row[0] for row in world.connection.execute(offenders.encode()).fetchall()]
    assert not found, f"{claim}: {found}"


def test_the_definer_functions_are_known_by_name_and_reason(world: World) -> None:
    found = world.value(f"select array_agg({NAME}) {FUNCTIONS} and p.prosecdef")
    assert sorted(found) == sorted(DEFINERS)


def test_the_gate_stands_before_every_request(world: World) -> None:
    settings = world.value("select rolconfig from pg_roles where rolname = 'authenticator'")
    assert "pgrst.db_pre_request=gate.enter" in settings
