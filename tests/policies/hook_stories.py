"""Stories of Supabase Auth: what its hooks answer, what a sign-up makes, and how writes of strangers are bounded."""

from tests.policies.story import Story

EVENT = "jsonb_build_object('user_id', '{{customer}}', 'valid', {}, 'metadata', jsonb_build_object('ip_address', {}))"
ATTEMPT = "select hooks.{}_verification_attempt({})"
GOES_ON, ENDS = (
    '{{"decision": "continue"}}',
    '{{"decision": "reject", "message": "Invalid login credentials", "should_logout_user": false}}',
)
FAILED = "insert into private.failed_attempts (kind, user_id, network, failures, locks, locked_until, window_began_at) values ('{}', '{{customer}}', '{}', {}, {}, {}, {})"
HERE, ANYWHERE = "192.0.2.1/32", "0.0.0.0/0"
LOCKED = "select locked_until = now() + interval '{}' and locks = {} and failures = 0 from private.failed_attempts where user_id = '{{customer}}' and network = '{}'"
SIGN_UP = "hooks.before_user_created(jsonb_build_object('user', jsonb_build_object('email', '{}'), 'metadata', jsonb_build_object('ip_address', '{}')))"
SIGNED_UP = (
    "insert into private.sign_ups (network, created_at) select '{}', now() - interval '{}' from generate_series(1, {})"
)
BLOCKED = "insert into private.blocked_email_domains (domain) values ('trash.example')"


def attempt(
    name: str,
    answer: str,
    *,
    valid: bool = False,
    ip: str | None = "'192.0.2.1'",
    before: str = "",
    then: str = "",
    kind: str = "password",
) -> Story:
    """Return a story of one attempt to sign in."""
    event = EVENT.format(str(valid).lower(), ip or "null")
    act = f"select 1 / ({ATTEMPT.format(kind, event).removeprefix('select ')} = '{answer}')::int"
    return Story(f"{kind}: {name}", "auth", act, "", before, then, role="supabase_auth_admin")


def sign_up(
    name: str,
    code: int | None,
    email: str = "a@example.com",
    ip: str = "198.51.100.1",
    before: str = "",
    then: str = "",
) -> Story:
    """Return a story of one sign-up; the code is that of the refusal."""
    answer = f"{SIGN_UP.format(email, ip)} -> 'error' ->> 'http_code'"
    due = f"'{code}'" if code else "null"
    return Story(
        f"sign-up: {name}",
        "auth",
        f"select 1 / ({answer} is not distinct from {due})::int",
        "",
        before,
        then,
        role="supabase_auth_admin",
    )


def failed(
    failures: int,
    network: str = HERE,
    locks: int = 0,
    until: str = "null",
    began: str = "now()",
    kind: str = "password",
) -> str:
    """Return what records earlier failures."""
    return FAILED.format(kind, network, failures, locks, until, began)


STORIES = [
    *(
        attempt(
            "the first failure",
            GOES_ON,
            kind=k,
            then=f"select count(*) = 2 from private.failed_attempts where user_id = '{{customer}}' and kind = '{k}' and failures = 1",
        )
        for k in ("password", "mfa")
    ),
    *(
        attempt(
            "the fifth failure locks",
            GOES_ON,
            kind=k,
            before=failed(4, kind=k),
            then=LOCKED.format("15 minutes", 1, HERE),
        )
        for k in ("password", "mfa")
    ),
    *(attempt("locked", ENDS, valid=v, before=failed(0, until="now() + interval '1 second'")) for v in (True, False)),
    attempt("locked until now", GOES_ON, valid=True, before=failed(0, until="now()")),
    attempt("locked elsewhere", GOES_ON, valid=True, before=failed(0, "192.0.2.2/32", until="'infinity'")),
    attempt("locked for another factor", GOES_ON, valid=True, before=failed(0, kind="mfa", until="'infinity'")),
    attempt("the account is locked", ENDS, valid=True, before=failed(0, ANYWHERE, until="now() + interval '1 second'")),
    attempt(
        "the fourth failure",
        GOES_ON,
        before=failed(3),
        then="select locked_until is null and failures = 4 from private.failed_attempts where user_id = '{customer}' and network = '192.0.2.1'",
    ),
    attempt("the second lock", GOES_ON, before=failed(4, locks=1), then=LOCKED.format("30 minutes", 2, HERE)),
    attempt("a late lock", GOES_ON, before=failed(4, locks=40), then=LOCKED.format("1 day", 41, HERE)),
    attempt(
        "failures of a while ago",
        GOES_ON,
        before=failed(4, began="now() - interval '15 minutes 1 second'"),
        then="select failures = 1 and window_began_at = now() from private.failed_attempts where user_id = '{customer}' and network = '192.0.2.1'",
    ),
    attempt(
        "failures of just now",
        GOES_ON,
        before=failed(4, began="now() - interval '15 minutes'"),
        then=LOCKED.format("15 minutes", 1, HERE),
    ),
    attempt(
        "a success forgets",
        GOES_ON,
        valid=True,
        before=failed(4) + "; " + failed(4, "192.0.2.2/32"),
        then="select array_agg(network) = '{{192.0.2.2}}' from private.failed_attempts where user_id = '{customer}'",
    ),
    attempt(
        "a success forgets no more than its own",
        GOES_ON,
        valid=True,
        before=failed(4) + "; " + failed(3, kind="mfa") + "; " + failed(2).replace("customer", "ops"),
        then="select count(*) = 2 from private.failed_attempts where network = '192.0.2.1'",
    ),
    attempt(
        "a failure counts once",
        GOES_ON,
        before=failed(4, kind="mfa") + "; " + failed(2).replace("customer", "ops"),
        then="select array_agg(failures order by failures) = '{{1,2,4}}' from private.failed_attempts where network = '192.0.2.1'",
    ),
    attempt(
        "fifty failures from many networks",
        GOES_ON,
        before=failed(49, ANYWHERE),
        then=LOCKED.format("15 minutes", 1, ANYWHERE),
    ),
    attempt(
        "forty-nine",
        GOES_ON,
        before=failed(48, ANYWHERE),
        then="select locked_until is null from private.failed_attempts where user_id = '{customer}' and network = '0.0.0.0/0'",
    ),
    attempt(
        "five from nowhere known",
        GOES_ON,
        ip=None,
        before=failed(4, ANYWHERE),
        then=LOCKED.format("15 minutes", 1, ANYWHERE),
    ),
    attempt(
        "from a network that is locked out",
        ENDS,
        before=failed(0, until="'infinity'"),
        then="select not exists (select from private.failed_attempts where network = '0.0.0.0/0')",
    ),
    attempt(
        "from a neighbour of a /64", ENDS, ip="'2001:db8::1'", before=failed(0, "2001:db8::/64", until="'infinity'")
    ),
    *(
        attempt(f"locked, as {address}", ENDS, ip=f"'{address}'", before=failed(0, network, until="'infinity'"))
        for address, network in (
            ("192.0.2.1:4321", HERE),
            ("::ffff:192.0.2.1", HERE),
            ("[2001:db8::7]:443", "2001:db8::/64"),
            ("[2001:db8::7]", "2001:db8::/64"),
            (" 192.0.2.1 ", HERE),
        )
    ),
    sign_up("the first", None, then="select array_agg(network) = '{{198.51.100.1}}' from private.sign_ups"),
    sign_up("the fifth", None, before=SIGNED_UP.format("198.51.100.1", "1 minute", 4)),
    sign_up("the sixth", 429, before=SIGNED_UP.format("198.51.100.1", "59 minutes", 5)),
    sign_up("the sixth in more than an hour", None, before=SIGNED_UP.format("198.51.100.1", "1 hour", 5)),
    sign_up("others", None, before=SIGNED_UP.format("198.51.100.2", "1 minute", 5)),
    sign_up("a neighbour of a /64", 429, ip="2001:db8::7", before=SIGNED_UP.format("2001:db8::/64", "1 minute", 5)),
    sign_up(
        "others are not forgotten",
        None,
        before=SIGNED_UP.format("198.51.100.2", "2 hours", 1),
        then="select count(*) = 2 from private.sign_ups",
    ),
    sign_up("from nowhere", None, ip="nonsense", then="select count(*) = 0 from private.sign_ups"),
    sign_up("a blocked domain", 400, "a@trash.example", before=BLOCKED),
    sign_up("a blocked domain in capitals", 400, "a@TRASH.example", before=BLOCKED),
    sign_up("a domain within", 400, "a@b.trash.example", before=BLOCKED),
    sign_up("a domain that ends alike", None, "a@nottrash.example", before=BLOCKED),
    Story(
        "staff are shown",
        "auth",
        "select 1 / (hooks.custom_access_token(jsonb_build_object('user_id', '{ops}', 'claims', '{{\"a\": 1}}'::jsonb)) = '{{\"claims\": {{\"a\": 1, \"app_role\": \"ops\"}}}}')::int",
        role="supabase_auth_admin",
    ),
    Story(
        "others are shown",
        "auth",
        "select 1 / (hooks.custom_access_token(jsonb_build_object('user_id', '{customer}', 'claims', '{{\"a\": 1}}'::jsonb)) = '{{\"claims\": {{\"a\": 1, \"app_role\": \"user\"}}}}')::int",
        role="supabase_auth_admin",
    ),
]
