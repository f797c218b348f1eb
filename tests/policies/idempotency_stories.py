"""Stories of requests that come again: making a key, or inviting; claim, work and answer share a transaction."""

from tests.policies.story import Story, yes

CREATE = "public.create_api_key('k', array['profile:read'], '000000000000', 1, repeat('0', 64), '{firm}')"
ROUTE = "POST /auth/api-keys"
STATE = "select set_config('mainstay.idempotency', '{}', true)"
STATED = STATE.format("a" * 64 + "." + "b" * 64)
COLUMNS = ("scope", "route", "digest", "fingerprint", "status", "answer", "lease_until", "expires_at", "token")
MADE = "select count(*) = {} from api_keys where lookup = '000000000000'"
NOT_MADE = MADE.format(0)
HEADER = """coalesce(current_setting('response.headers', true), '') = '{}'"""
REPLAYED = HEADER.format('[{{"Idempotent-Replayed": "true"}}]')
FRESH = "select exists (select from private.idempotency_keys as i join api_keys as k on k.id = (i.answer ->> 'id')::uuid where i.scope = '{admin}' and i.route = 'POST /auth/api-keys' and i.digest = decode(repeat('a', 64), 'hex') and i.fingerprint = decode(repeat('b', 64), 'hex') and i.status = 200 and i.lease_until is null and i.expires_at = now() + interval '24 hours' and i.created_at = now() and i.token <> '{firm}' and k.lookup = '000000000000')"
IN = "clock_timestamp() {} interval '1 hour'"
AHEAD, AGO = IN.format("+"), IN.format("-")


def of_hex(digit: str) -> str:
    """Return 32 bytes written with one digit."""
    return f"decode(repeat('{digit}', 64), 'hex')"


def kept(**changes: str) -> str:
    """Return what keeps an answer to the request, or something else where it is changed."""
    row = {"scope": "'{admin}'", "route": f"'{ROUTE}'", "digest": of_hex("a"), "fingerprint": of_hex("b")}
    row |= {"status": "200", "answer": "'{{\"kept\": true}}'", "token": "'{firm}'"} | changes
    return f"insert into private.idempotency_keys ({', '.join(row)}) values ({', '.join(row.values())})"


def leased(until: str, **changes: str) -> str:
    """Return what keeps a claim of somebody who is at work."""
    return kept(status="null", answer="null", lease_until=until, **changes)


def makes(
    name: str, before: str = "", *, then: str = FRESH, state: str = "", actor: str = "admin", says: str = ""
) -> Story:
    """Return a story of a key made under an Idempotency-Key."""
    found = f"idempotency: {name}"
    return Story(found, actor, f"select {CREATE}", state, f"{STATED}; {before}", then, "auth", says=says)


INVITE = "public.create_invitation('{firm}', 'late@example.com', 'member', '00000000-0000-4000-8000-000000000009', 1, repeat('0', 64))"
INVITED = "select (select count(*) from invitations where email = 'late@example.com') = {0} and (select count(*) from private.outbox where kind = 'mail.invitation') = {0}"


def invites(name: str, act: str, before: str, then: str, *, actor: str = "admin", state: str = "") -> Story:
    """Return a story of an invitation made under an Idempotency-Key."""
    return Story(f"idempotency: inviting {name}", actor, act, state, f"{STATED}; {before}", then, "auth")


STORIES = [
    invites(
        "twice",
        yes(
            "a.first = a.again and (a.first).email = 'late@example.com'",
            f"(select {INVITE} as first, {INVITE} as again offset 0) as a",
        ),
        "",
        f"{INVITED.format(1)} and {REPLAYED} and (select i.answer ->> 'email' = 'late@example.com' and i.route = 'POST /auth/invitations' from private.idempotency_keys as i)",
    ),
    invites(
        "again, as it was answered",
        yes("i.id = '{small}'", f"{INVITE} as i"),
        kept(route="'POST /auth/invitations'", answer="jsonb_build_object('id', '{small}'::uuid)"),
        INVITED.format(0),
    ),
    invites(
        "of who may not any more",
        f"select {INVITE}",
        kept(route="'POST /auth/invitations'", scope="'{member}'", answer="jsonb_build_object('id', '{small}'::uuid)"),
        INVITED.format(0),
        actor="member",
        state="PT403",
    ),
    Story(
        "idempotency: without a key",
        "admin",
        f"select {CREATE}",
        then=f"select count(*) = 0 and {HEADER.format('')} from private.idempotency_keys",
        function="auth",
    ),
    makes("the first time"),
    makes("the first time, nothing is replayed", then=f"select {HEADER.format('')}"),
    Story(
        "idempotency: twice",
        "admin",
        yes("a.first = a.again", f"(select {CREATE} as first, {CREATE} as again offset 0) as a"),
        before=STATED,
        then=f"{MADE.format(1)} and {REPLAYED}",
        function="auth",
    ),
    Story(
        "idempotency: again, as it was answered",
        "admin",
        yes("a = '{{\"kept\": true}}'", f"{CREATE} as a"),
        before=f"{STATED}; {kept()}",
        then=f"{NOT_MADE} and {REPLAYED}",
        function="auth",
    ),
    makes(
        "again, which is noted",
        kept(answer="jsonb_build_object('id', '{key}'::uuid, 'org_id', '{firm}'::uuid)"),
        then="select count(*) = 1 and bool_and(a.org_id = '{firm}' and a.subject = '{key}' and a.actor_id = '{admin}') from audit_log as a where a.action = 'api_keys.shown_again'",
    ),
    makes(
        "the first time, nothing is noted",
        then="select not exists (select from audit_log as a where a.action = 'api_keys.shown_again')",
    ),
    Story(
        "idempotency: answers to who is erased",
        "admin",
        "select public.erase_me()",
        before=kept() + "; " + kept(scope="'{owner}'"),
        then="select array_agg(scope) = array['{owner}'::uuid] from private.idempotency_keys",
    ),
    makes("another request", kept(fingerprint=of_hex("c")), state="PT422", then=NOT_MADE),
    makes("at work", leased(AHEAD), state="PT409", then=NOT_MADE, says="worked on"),
    makes("another request at work", leased(AHEAD, fingerprint=of_hex("c")), state="PT422", then=NOT_MADE),
    makes("whose worker is gone", leased(AGO)),
    makes("a day later", kept(expires_at=AGO)),
    makes("another request, a day later", kept(expires_at=AGO, fingerprint=of_hex("c"))),
    makes("just within a day", kept(expires_at=AHEAD), then=NOT_MADE),
    makes("somebody else's", kept(scope="'{owner}'")),
    makes("somebody else's other request", kept(scope="'{owner}'", fingerprint=of_hex("c"))),
    makes("another route's", kept(route="'POST /x'", fingerprint=of_hex("c"))),
    makes("another key's", kept(digest=of_hex("d"), fingerprint=of_hex("c"))),
    makes("of who may not any more", kept(scope="'{member}'"), actor="member", state="PT403", then=NOT_MADE),
    *(
        makes(f"in another form: {form!r}", STATE.format(form), state="PT400", then=NOT_MADE, says="idempotency key")
        for form in ("x", "a" * 64, f"{'A' * 64}.{'b' * 64}", f"{'a' * 63}.{'b' * 64}", f"{'a' * 64}.{'b' * 65}")
    ),
]
