"""Stories of what people are told of by mail: keys that are made or will end, an erased account, a new device."""

from tests.policies.mail_stories import core
from tests.policies.story import AS_OWNER, Story, yes

FIND = "backend.jobs_find_expiring_keys()"
TOLD = "select (select coalesce(array_agg(payload order by dedupe_key), array[]::jsonb[]) from private.outbox where kind = 'mail.key_expiring') = array[{}]::jsonb[]"


def told(days: int) -> str:
    """Return the payload of a row that tells of the key's end."""
    return f"jsonb_build_object('key_id', '{{key}}'::uuid, 'days', {days}, 'expires_at', (select expires_at from api_keys where id = '{{key}}'))"


def ending(after: str, made: str = "1 year", more: str = "") -> str:
    """Return the statement that lets the key end so long after now, and has had it made so long before its end."""
    at = f"now() + interval '{after}'"
    return f"update api_keys set created_at = {at} - interval '{made}', expires_at = {at}{more} where id = '{{key}}'"


def finds(name: str, *before: str, days: int | None) -> Story:
    """Return a story of the schedule that looks for keys that end soon: of how many days it tells, if at all."""
    act = yes(f"(f ->> 'told')::int = {int(days is not None)}", f"{FIND} as f")
    return core(f"expiring: {name}", act, *before, then=TOLD.format(told(days) if days else ""))


NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation) select org_id, maker_id, name, '000000000001', scopes, lineage_id, generation + 1 from api_keys where id = '{key}'"
AGAIN = yes("(f ->> 'told')::int = 0", f"{FIND} as f")
EXPIRING = [
    finds("in a week", ending("7 days"), days=7),
    finds("later", ending("7 days 1 microsecond"), days=None),
    finds("just more than a day", ending("1 day 1 microsecond"), days=7),
    finds("in a day", ending("1 day"), days=1),
    finds("in a moment", ending("1 microsecond"), days=1),
    finds("now", ending("0 days"), days=None),
    finds("never", days=None),
    finds("revoked", ending("1 day", more=", revoked_at = now()"), days=None),
    finds("rotated", ending("1 day"), NEXT, days=None),
    finds("made for a week", ending("3 days", "7 days"), days=7),
    finds("made for less", ending("3 days", "7 days - 1 microsecond"), days=None),
    finds("made for a day", ending("3 hours", "1 day"), days=1),
    finds("made for an hour", ending("30 minutes", "1 hour"), days=None),
    core(
        "expiring: told once",
        f"select {FIND}; {AGAIN}",
        ending("1 day"),
        then=TOLD.format(told(1)),
    ),
]

ANOTHER = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation) select '{of}', maker_id, name, '00000000000{n}', scopes, gen_random_uuid(), 1 from api_keys where id = '{{key}}'"
QUARTER = "now() - interval '15 minutes'"


def made(name: str, of: str, *before: str, tells: str, quantity: int = 1) -> Story:
    """Return a story of keys that are made for an organization: what rows tell of it since."""
    act = AS_OWNER + "; ".join(ANOTHER.format(of=of, n=n) for n in range(quantity))
    claim = f"select (select coalesce(array_agg((kind, dedupe_key, payload, due_at)::text order by kind), array[]::text[]) from private.outbox where kind in ('mail.key_made', 'mail.keys_made') and dedupe_key <> 'k') = {tells}"
    return Story(f"told of: {name}", "nobody", act, "", "; ".join(before), claim)


def told_at(at: str, of: str = "{firm}", kind: str = "mail.key_made") -> str:
    """Return the statements that leave one row, which told of a key of an organization then."""
    return (
        "delete from private.outbox where kind in ('mail.key_made', 'mail.keys_made');"
        f" insert into private.outbox (kind, dedupe_key, payload, due_at) values ('{kind}', 'k', jsonb_build_object('org_id', '{of}'::uuid), {at})"
    )


NEW_KEY = "(select k.id from api_keys as k where k.lookup = '000000000000')"
AT_ONCE = f"array[('mail.key_made', 'key_made:' || {NEW_KEY}, jsonb_build_object('org_id', '{{firm}}'::uuid, 'key_id', {NEW_KEY}), now())::text]"


def gathered(last: str) -> str:
    """Return the one row that tells of the keys after this moment."""
    return f"array[('mail.keys_made', format('keys_made:%s:%s', '{{firm}}'::uuid, extract(epoch from {last})), jsonb_build_object('org_id', '{{firm}}'::uuid, 'since', {last}), {last} + interval '15 minutes')::text]"


JUST = f"{QUARTER} + interval '1 microsecond'"
KEYS_MADE = [
    made("the first key", "{firm}", told_at("now() - interval '1 second'", "{small}"), tells=AT_ONCE),
    made("a key a quarter of an hour later", "{firm}", told_at(QUARTER), tells=AT_ONCE),
    made("a key soon after", "{firm}", told_at(JUST), tells=gathered(JUST)),
    made("a key soon after several", "{firm}", told_at(JUST, kind="mail.keys_made"), tells=gathered(JUST)),
    made("a key long after several", "{firm}", told_at(QUARTER, kind="mail.keys_made"), tells=AT_ONCE),
    made("a key at once after", "{firm}", told_at("now()"), tells=gathered("now()")),
    made("many keys soon after", "{firm}", told_at(JUST), tells=gathered(JUST), quantity=5),
    made(
        "a key after other mail",
        "{firm}",
        told_at("now() - interval '1 second'", kind="mail.other"),
        tells=AT_ONCE,
    ),
    made(
        "a key while a mail of more is due",
        "{firm}",
        told_at("now() - interval '1 second'"),
        "update private.outbox set kind = 'mail.keys_made', due_at = '2050-01-01' where dedupe_key = 'k'",
        tells="array[]::text[]",
    ),
]
ERASED = "select (select coalesce(array_agg(dedupe_key || payload::text), array[]::text[]) from private.outbox where kind = 'mail.account_erased') = array[{}]::text[] and (select array_agg(scope::text) = array['{{admin}}'] from private.idempotency_keys)"
ANSWERS = "; ".join(
    f"insert into private.idempotency_keys (scope, route, digest, fingerprint, status) values ('{{{who}}}', 'x', sha256('a'), sha256('b'), 200)"
    for who in ("owner", "admin")
)
LAST_MAIL = "'account_erased:{owner}' || jsonb_build_object('address', '{owner}@example.com')::text"
UNCONFIRMED = "update auth.users set email_confirmed_at = null where id = '{owner}'"
SESSION = "00000000-0000-4000-8000-000000000002"
SIGN_IN = f"set local session authorization supabase_auth_admin; insert into auth.sessions (id, user_id, user_agent, ip) values ('{SESSION}', '{{owner}}', $agent, '192.0.2.8')"
NEW = f"select count(*) = 1 and bool_and(dedupe_key = 'new_device:{SESSION}' and payload = jsonb_build_object('user_id', '{{owner}}'::uuid, 'ip', '192.0.2.8', 'agent', left($agent, 256))) from private.outbox where kind = 'mail.new_device'"
KNOWN = "select not exists (select from private.outbox where kind = 'mail.new_device')"
SAME = "update auth.sessions set user_agent = 'phone' where user_id = '{owner}'"
STORIES = [
    *EXPIRING,
    *KEYS_MADE,
    Story("told of: erasure", "owner", "select public.erase_me()", "", ANSWERS, ERASED.format(LAST_MAIL)),
    Story(
        "told of: erasure of who has no confirmed address",
        "owner",
        "select public.erase_me()",
        before=f"{ANSWERS}; {UNCONFIRMED}",
        then=ERASED.format(""),
    ),
    *(
        Story(f"told of: {name}", "nobody", SIGN_IN.replace("$agent", agent), "", before, then.replace("$agent", agent))
        for name, agent, before, then in [
            ("a new device", "'phone'", "", NEW),
            ("a device with a long name", "repeat('x', 999)", "", NEW),
            ("the same device", "'phone'", SAME, KNOWN),
            ("the first device", "'phone'", "delete from auth.sessions where user_id = '{owner}'", KNOWN),
        ]
    ),
]
