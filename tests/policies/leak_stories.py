"""Stories of leaked keys: whoever presents one ends it, and its people are told once."""

from tests.policies.story import TICK, Story, yes

GUESS = "{lookup_of_key}.1:" + "0" * 64
WHERE = "https://example.com/leak"


def report(*presented: str, where: str = f"'{WHERE}'") -> str:
    """Return the reports of these keys, all found in one place."""
    each = (f"jsonb_build_object('presented', '{key}', 'where', {where})" for key in presented)
    return f"backend.end_leaked_keys(jsonb_build_array({', '.join(each)}), 'github')"


def leaked(name: str, told: str, asked: str, before: str = "", then: str = "") -> Story:
    """Return a story of a report and of what it is answered."""
    act = yes(f"told = '{told}'", f"{asked} as told")
    return Story(f"leak: {name}", "nobody", act, "", before, then, "auth", "gatekeeper")


ENDED = "select array_agg(k.id) = '{{{key}}}' from api_keys as k where k.revoked_at is not null"
NOT_ENDED = "select not exists (select from api_keys where revoked_at is not null) and not exists (select from private.outbox where kind = 'mail.key_leaked') and not exists (select from audit_log where action = 'api_keys.leaked')"
NOTED = "(select count(*) = 1 and bool_and(a.org_id = '{firm}' and a.subject = '{key}' and a.actor_kind = 'function' and a.actor_name = 'auth' and a.after = jsonb_build_object('finder', 'github', 'where', $where)) from audit_log as a where a.action = 'api_keys.leaked')"
MAILED = "(select count(*) = 1 and bool_and(o.dedupe_key = 'key_leaked:{key}' and o.payload = jsonb_build_object('key_id', '{key}'::uuid, 'finder', 'github', 'where', $where)) from private.outbox as o where o.kind = 'mail.key_leaked')"
TOLD = f"select {NOTED} and {MAILED}"
TWICE = "select backend.end_leaked_keys(jsonb_build_array(jsonb_build_object('presented', '{presented_key}', 'where', 'elsewhere')), 'we')"
STORIES = [
    leaked("a key", "[true]", report("{presented_key}"), then=ENDED),
    leaked("a key, told of", "[true]", report("{presented_key}"), then=TOLD.replace("$where", f"'{WHERE}'")),
    leaked("no key of ours", "[false]", report("x"), then=NOT_ENDED),
    leaked("a guess", "[false]", report(GUESS), then=NOT_ENDED),
    leaked("nothing", "[]", report(), then=NOT_ENDED),
    leaked("nothing presented", "[false]", "backend.end_leaked_keys('[{{}}]', 'github')", then=NOT_ENDED),
    leaked(
        "only what is reported is locked",
        "[true]",
        report("{presented_key}"),
        TICK,
        "select bool_and(k.xmax::text::bigint <= s.xmin::text::bigint) from api_keys as k, private.settings as s where s.name = 'invitations_per_day' and k.id <> '{key}'",
    ),
    leaked("several", "[false, true, false]", report("x", "{presented_key}", GUESS), then=ENDED),
    leaked(
        "two of ours",
        "[true, true]",
        report("{presented_key}", "{presented_key_of_owner}"),
        then="select count(*) = 2 from api_keys where revoked_at = now()",
    ),
    leaked(
        "one twice",
        "[true, true]",
        report("{presented_key}", "{presented_key}"),
        then=TOLD.replace("$where", f"'{WHERE}'"),
    ),
    leaked(
        "revoked long ago",
        "[true]",
        report("{presented_key}"),
        "update api_keys set revoked_at = '2020-01-01' where id = '{key}'",
        "select (select revoked_at = '2020-01-01' from api_keys where id = '{key}') and "
        + f"{NOTED} and {MAILED}".replace("$where", f"'{WHERE}'"),
    ),
    leaked(
        "expired",
        "[true]",
        report("{presented_key}"),
        "update api_keys set created_at = now() - interval '1 day', expires_at = now() where id = '{key}'",
        ENDED,
    ),
    leaked(
        "a long place",
        "[true]",
        report("{presented_key}", where="repeat('x', 999)"),
        then=TOLD.replace("$where", "repeat('x', 500)"),
    ),
    Story(
        "leak: found twice",
        "nobody",
        yes("told = '[true]'", f"{report('{presented_key}')} as told") + f"; {TWICE}",
        then=TOLD.replace("$where", f"'{WHERE}'"),
        function="auth",
        role="gatekeeper",
    ),
    Story(
        "leak: directly", "nobody", f"select {report('{presented_key}')}", "PT403", then=NOT_ENDED, role="gatekeeper"
    ),
    Story(
        "leak: through another function",
        "nobody",
        f"select {report('{presented_key}')}",
        "PT403",
        then=NOT_ENDED,
        function="core",
        role="gatekeeper",
    ),
]
