"""Each line of the bootstrap, read back from the catalogue: as strict as a hosted project."""

import pytest

from tests.world import World

ROLE = "select (rolsuper, rolinherit, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls)::text from pg_roles where rolname = %s"


@pytest.mark.parametrize(
    ("role", "powers"),
    [
        ("supabase_admin", "(t,t,t,t,t,t)"),
        ("postgres", "(f,t,t,t,t,t)"),
        ("anon", "(f,t,f,f,f,f)"),
        ("authenticated", "(f,t,f,f,f,f)"),
        ("service_role", "(f,t,f,f,f,t)"),
        ("authenticator", "(f,f,t,f,f,f)"),
        ("supabase_auth_admin", "(f,f,t,f,f,f)"),
        ("integrator", "(f,f,f,f,f,f)"),
        ("gatekeeper", "(f,f,f,f,f,f)"),
    ],
)
def test_powers_of_a_role(world: World, role: str, powers: str) -> None:
    assert world.value(ROLE, role) == powers


@pytest.mark.parametrize(
    "claim",
    [
        "(select nspowner::regrole::text from pg_namespace where nspname = 'auth') = 'supabase_admin'",
        "(select bool_and(relowner = 'supabase_auth_admin'::regrole) from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r')",
        "(select bool_and(relrowsecurity) from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r')",
        "has_schema_privilege('postgres', 'auth', 'usage')",
        "not has_schema_privilege('postgres', 'auth', 'usage with grant option')",
        "not has_schema_privilege('postgres', 'auth', 'create')",
        "not has_schema_privilege('integrator', 'auth', 'usage')",
        "not has_table_privilege('authenticated', 'auth.users', 'select')",
        "pg_has_role('postgres', 'anon', 'usage with admin option')",
        "not pg_has_role('postgres', 'authenticator', 'set')",
        "not pg_has_role('postgres', 'supabase_auth_admin', 'member')",
        "not pg_has_role('postgres', 'supabase_admin', 'member')",
        "(select count(*) from pg_event_trigger where evtname in ('pgrst_ddl_watch', 'pgrst_drop_watch')) = 2",
        "(select rolconfig @> array['statement_timeout=3s'] from pg_roles where rolname = 'anon')",
        "(select rolconfig @> array['statement_timeout=8s'] from pg_roles where rolname = 'authenticated')",
        "(select rolconfig @> array['statement_timeout=8s', 'lock_timeout=8s'] from pg_roles where rolname = 'authenticator')",
        "current_setting('server_encoding') = 'UTF8' and current_setting('timezone') = 'UTC'",
        "current_setting('server_version_num')::int / 10000 = 17",
    ],
)
def test_as_on_hosted(world: World, claim: str) -> None:
    assert world.value(f"select {claim}") is True
