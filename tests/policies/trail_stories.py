"""Stories of the trail: what the audit log says of whom, what the tables stamp, and what nobody rewrites."""

from tests.policies.story import Story

LOG = "select count(*) = {} from audit_log where xact_id = pg_current_xact_id() and action = '{}' and {}"
SEALED = "insert into private.audit_seals values (1, '1', '2', now(), now(), 1, sha256('a'), sha256('b'))"
RENAME = "update public.organizations set name = 'x' where id = '{firm}'"
OPERATOR = "service_role"
SAID = "select set_config('mainstay.request_id', 'r', true), set_config('mainstay.client_ip', '192.0.2.9', true), set_config('mainstay.client_agent', 'curl', true);"
HEADERS = 'select set_config(\'request.headers\', \'{{"cf-connecting-ip": "198.51.100.4", "x-forwarded-for": "9.9.9.9"}}\', true);'
SPEND = "select gate.spend_write()"
FULL = "update private.settings set value = '8' where name = '{}'; insert into private.write_buckets (bucket, due_at) select sha256(convert_to('{}/' || n, 'utf8')), clock_timestamp() + interval '1 hour' from generate_series(0, 7) as n"
SIGNED_IN = "insert into auth.sessions (id, user_id, user_agent, ip) values ('00000000-0000-4000-8000-000000000002', '{{owner}}', {}, '192.0.2.8')"
NOTED = "select count(*) = {} from audit_log where action = 'sessions.new_device' and org_id = '{{home_of_owner}}' and xact_id = pg_current_xact_id()"
CONFIRM = "update auth.users set email_confirmed_at = now() where id = '{}'"


def guarded(name: str, statement: str, table: str, state: str = "PT403") -> Story:
    """Return a story of an owner who would rewrite what is written."""
    return Story(name, "nobody", f"set local session authorization postgres; {statement.format(table)}", state, SEALED)


def sign_up(name: str, columns: str, values: str, then_update: str = "", *, made: bool = True) -> Story:
    """Return a story of a sign-up; the person has everything or nothing."""
    new = "00000000-0000-4000-8000-000000000003"
    counts = f"select (select count(*) from public.profiles where id = '{new}') = {int(made)} and (select count(*) from organizations as o join memberships as m on m.org_id = o.id where o.personal_of = '{new}' and m.user_id = '{new}' and m.role = 'owner') = {int(made)}"
    insert = f"insert into auth.users (id, email{columns}) values ('{new}', 'new@example.com'{values}); {then_update.format(new)}"
    return Story(
        f"sign-up: {name}", "nobody", f"set local session authorization supabase_auth_admin; {insert}", then=counts
    )


def entry(before: str, after: str) -> str:
    """Return what tells whether one row of the log says this of a member."""
    return f"select count(*) = 1 from audit_log where xact_id = pg_current_xact_id() and subject = '{{firm}}/{{member}}' and org_id = '{{firm}}' and before ->> 'role' is not distinct from {before} and after ->> 'role' is not distinct from {after}"


REPORT = "select 1 / ((entries, failures) = (2, 1))::int from public.audit_report('{firm}', now() - interval '1 hour', now()) where action = 'a.b'"
REPORTED = "insert into audit_log (org_id, action, actor_kind, success, created_at) select '{firm}', 'a.b', 'person', n <> 1, now() - n * interval '30 minutes' from generate_series(0, 3) as n"
MEMBER = "where org_id = '{firm}' and user_id = '{member}'"
STORIES = [
    Story("a report", "owner", REPORT, before=REPORTED),
    Story(
        "a person acts",
        "admin",
        RENAME,
        then=LOG.format(
            1,
            "organizations.update",
            "actor_kind = 'person' and actor_id = '{admin}' and actor_name is null and org_id = '{firm}' and subject = '{firm}' and before ->> 'name' = 'Firm' and after ->> 'name' = 'x' and request_id is null and ip is null",
        ),
    ),
    Story(
        "a key acts",
        "key",
        "set local session authorization postgres; select 1 / (a.kind = 'key' and a.id = '{key}')::int from private.actor() as a",
    ),
    Story(
        "a function acts",
        "nobody",
        "update public.profiles set display_name = 'y' where id = '{admin}'",
        role=OPERATOR,
        function="core",
        then=LOG.format(
            1,
            "profiles.update",
            "actor_kind = 'function' and actor_name = 'core' and not after ? 'display_name' and not after ? 'avatar_url'",
        ),
    ),
    Story(
        "through a function",
        "admin",
        SAID + HEADERS + RENAME,
        function="auth",
        then=LOG.format(1, "organizations.update", "request_id = 'r' and ip = '192.0.2.9' and agent = 'curl'"),
    ),
    Story(
        "directly",
        "admin",
        HEADERS + RENAME,
        then=LOG.format(1, "organizations.update", "request_id is null and ip = '198.51.100.4' and agent is null"),
    ),
    Story(
        "through a function that names no address",
        "admin",
        HEADERS + RENAME,
        function="auth",
        then=LOG.format(1, "organizations.update", "ip is null"),
    ),
    Story(
        "an operator acts",
        "nobody",
        RENAME,
        role=OPERATOR,
        then=LOG.format(
            1, "organizations.update", "actor_kind = 'operator' and actor_id is null and actor_name = 'anon'"
        ),
    ),
    Story(
        "a member added",
        "nobody",
        "insert into public.memberships values ('{firm}', '{guest}', 'member')",
        role=OPERATOR,
        then=entry("null", "'member'").replace("{member}", "{guest}"),
    ),
    Story(
        "a member changed",
        "nobody",
        f"update public.memberships set role = 'billing' {MEMBER}",
        role=OPERATOR,
        then=entry("'member'", "'billing'"),
    ),
    Story(
        "a member removed",
        "nobody",
        f"delete from public.memberships {MEMBER}",
        role=OPERATOR,
        then=entry("'member'", "null"),
    ),
    *(
        Story(
            f"an organization by {verb}",
            "nobody",
            statement,
            role=OPERATOR,
            then=LOG.format(1, f"organizations.{verb}", f"subject = '{{{of}}}' and org_id = '{{{of}}}'"),
        )
        for verb, of, statement in (
            ("insert", "customer", "insert into public.organizations (id, name) values ('{customer}', 'x')"),
            ("delete", "firm", "delete from public.organizations where id = '{firm}'"),
        )
    ),
    Story(
        "nothing changed",
        "nobody",
        f"update public.memberships set role = role {MEMBER}",
        role=OPERATOR,
        then=LOG.format(0, "memberships.update", "true"),
    ),
    Story(
        "a use is no change",
        "nobody",
        "update public.api_keys set last_used_at = now()",
        role=OPERATOR,
        then=LOG.format(0, "api_keys.update", "true"),
    ),
    Story(
        "each row of many",
        "nobody",
        "update public.memberships set role = 'billing' where org_id = '{firm}'",
        role=OPERATOR,
        then=LOG.format(
            7,
            "memberships.update",
            "before ->> 'user_id' = after ->> 'user_id' and before ->> 'role' <> after ->> 'role'",
        ),
    ),
    Story(
        "addresses are not kept",
        "nobody",
        "update public.invitations set role = 'billing' where id = '{invitation}'",
        role=OPERATOR,
        then=LOG.format(1, "invitations.update", "not before ? 'email' and not after ? 'email'"),
    ),
    *(
        guarded(f"{verb.split()[0]} of {t}", verb, t)
        for t, column in (("audit_log", "success = false"), ("private.audit_seals", "entries = 2"))
        for verb in ("update {} set " + column, "delete from {}", "truncate {}")
    ),
    Story(
        "a key changed is stamped",
        "nobody",
        "update public.api_keys set name = 'other', updated_at = '2020-01-01'",
        role=OPERATOR,
        then="select bool_and(updated_at = now()) from api_keys",
    ),
    Story(
        "a key used is not stamped",
        "nobody",
        "update public.api_keys set last_used_at = now(), updated_at = '2020-01-01'",
        role=OPERATOR,
        then="select bool_and(updated_at = '2020-01-01') from api_keys",
    ),
    Story("a write spent", "owner", SPEND, then="select count(*) = 1 from private.write_buckets"),
    Story(
        "a person's writes are spent",
        "owner",
        SPEND,
        "PGRST",
        before=FULL.format("direct_writes_per_minute", "{owner}"),
    ),
    Story("another's writes are spent", "owner", SPEND, before=FULL.format("direct_writes_per_minute", "{admin}")),
    Story(
        "an address's writes are spent",
        "nobody",
        HEADERS + SPEND,
        "PGRST",
        role="anon",
        before=FULL.format("anonymous_writes_per_minute", "198.51.100.4/32"),
    ),
    Story(
        "another address's writes are spent",
        "nobody",
        HEADERS + SPEND,
        role="anon",
        before=FULL.format("anonymous_writes_per_minute", "9.9.9.9/32"),
    ),
    Story(
        "nobody's writes are spent",
        "nobody",
        SPEND,
        "PGRST",
        role="anon",
        before=FULL.format("anonymous_writes_per_minute", "nobody"),
    ),
    Story(
        "a person may write more than nobody",
        "owner",
        SPEND,
        before=FULL.format("anonymous_writes_per_minute", "{owner}").replace("1 hour", "30 seconds"),
    ),
    # The one bucket that is left is found, wherever it is.
    *(
        Story(
            f"all but eighth {n} spent",
            "owner",
            SPEND,
            before=FULL.format("direct_writes_per_minute", "{owner}")
            + f"; delete from private.write_buckets where bucket = sha256(convert_to('{{owner}}/{n}', 'utf8'))",
        )
        for n in range(8)
    ),
    Story(
        "spent a while ago",
        "owner",
        SPEND,
        before=FULL.format("direct_writes_per_minute", "{owner}")
        + "; update private.write_buckets set due_at = clock_timestamp() - interval '1 second'",
    ),
    Story(
        "entering spends a write", "owner", "select gate.enter()", then="select count(*) = 1 from private.write_buckets"
    ),
    Story(
        "entering as nobody spends a write",
        "nobody",
        "select gate.enter()",
        role="anon",
        then="select count(*) = 1 from private.write_buckets",
    ),
    Story(
        "operators spend nothing",
        "nobody",
        "select gate.enter()",
        role=OPERATOR,
        then="select count(*) = 0 from private.write_buckets",
    ),
    Story(
        "functions spend nothing",
        "owner",
        "select set_config('request.headers', '{{\"x-function-key\": \"a function that may admit\"}}', true); select gate.enter()",
        then="select count(*) = 0 from private.write_buckets",
    ),
    Story("reads spend nothing", "owner", "set local transaction_read_only = on; select gate.enter()"),
    Story(
        "a new device",
        "nobody",
        "set local session authorization supabase_auth_admin; " + SIGNED_IN.format("'phone'"),
        then=NOTED.format(1),
    ),
    Story(
        "the same device",
        "nobody",
        "set local session authorization supabase_auth_admin; " + SIGNED_IN.format("'phone'"),
        before="update auth.sessions set user_agent = 'phone' where user_id = '{owner}'",
        then=NOTED.format(0),
    ),
    Story(
        "another's device",
        "nobody",
        "set local session authorization supabase_auth_admin; " + SIGNED_IN.format("'phone'"),
        before="update auth.sessions set user_agent = 'phone' where user_id = '{admin}'",
        then=NOTED.format(1),
    ),
    Story(
        "the first device",
        "nobody",
        "set local session authorization supabase_auth_admin; " + SIGNED_IN.format("'phone'"),
        before="delete from auth.sessions where user_id = '{owner}'",
        then=NOTED.format(0),
    ),
    sign_up("confirmed", ", email_confirmed_at, raw_user_meta_data", ', now(), \'{{"display_name": "A\\nB"}}\''),
    sign_up("by telephone", ", phone_confirmed_at", ", now()"),
    sign_up("unconfirmed", "", "", made=False),
    sign_up("anonymous", ", email_confirmed_at, is_anonymous", ", now(), true", made=False),
    sign_up("confirmed later", "", "", CONFIRM),
    sign_up("confirmed later, anonymous still", ", is_anonymous", ", true", CONFIRM, made=False),
    sign_up("confirmed twice", ", email_confirmed_at", ", now()", CONFIRM),
]
