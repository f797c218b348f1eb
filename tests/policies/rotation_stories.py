"""Stories of rotation: the next generation of a key, whose it is, and how long the one before it lives on."""

from tests.policies.idempotency_stories import REPLAYED, STATED, kept
from tests.policies.story import Story, yes

ROUTE = "POST /auth/api-keys/{{id}}/rotate"
ROTATE = "public.rotate_api_key('{{{}}}', '000000000001', 1, repeat('0', 64){})"
AGAIN = (
    "public.rotate_api_key((select id from api_keys where lookup = '000000000001'), '000000000002', 1, repeat('1', 64))"
)
TERMS = "update api_keys set created_at = now() - interval '10 days', expires_at = {}, idle_days = 30, allowed_cidrs = array['192.0.2.0/24'::cidr], requests_per_minute = 5, budget = 9, budget_period = 'day', metadata = jsonb_build_object('a', 1) where id = '{{key}}'"
ENDS = "update api_keys set created_at = now() - interval '10 days', {} where id = '{{{}}}'"
FROZEN = "update organizations set ownerless_at = now() where id = '{firm}'"
GUARDED = "update organizations set demands_aal2 = true where id = '{firm}'"
NEXT = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation) select org_id, maker_id, name, '000000000003', scopes, lineage_id, 2 from api_keys where id = '{{{}}}'"
# So many keys of one lineage that live, the one to be rotated the newest of them.
OLDER = "insert into api_keys (org_id, maker_id, name, lookup, scopes, lineage_id, generation, created_at) select org_id, maker_id, 'older ' || n, 'older000000' || n, scopes, lineage_id, n, '2020-01-01' from api_keys, generate_series(2, {0}) as n where id = '{{key}}'; update api_keys set generation = {0} + 1 where id = '{{key}}'"
OLD_AND_NEW = "from api_keys as old join api_keys as new on new.lookup = '000000000001' where old.id = '{key}'"
NOTHING_MADE = "select count(*) = 0 from api_keys where lookup = '000000000001'"
COPIED = "name org_id lineage_id idle_days allowed_cidrs requests_per_minute budget budget_period metadata scopes"
SAME = " and ".join(f"new.{column} is not distinct from old.{column}" for column in COPIED.split())


def rotates(
    name: str,
    actor: str = "admin2",
    state: str = "",
    *,
    key: str = "key",
    terms: str = "",
    before: str = "",
    then: str = "",
    says: str = "",
    function: str = "auth",
    aal: str = "aal1",
) -> Story:
    """Return a story of one rotation; who is refused makes nothing."""
    act = f"select {ROTATE.format(key, terms)}"
    then = then or (NOTHING_MADE if state else "")
    return Story(f"rotation: {name}", actor, act, state, before, then, function, aal=aal, says=says)


def ends(name: str, old: str, new: str, *, terms: str = "", before: str = "") -> Story:
    """Return a story of when the old key ends, and when the new one does."""
    then = (
        f"select old.expires_at is not distinct from {old} and new.expires_at is not distinct from {new} {OLD_AND_NEW}"
    )
    return rotates(name, terms=terms, before=before, then=then)


DAY = "now() + interval '1 day'"
STORIES = [
    rotates(
        "the next generation",
        then=f"select new.generation = 2 and new.maker_id = '{{admin2}}' and new.created_at = now() and {SAME} {OLD_AND_NEW}",
    ),
    rotates(
        "all terms go on",
        before=TERMS.format("null"),
        then=f"select {SAME} and new.metadata = jsonb_build_object('a', 1) {OLD_AND_NEW}",
    ),
    rotates(
        "its digest",
        then="select d.digest = sha256(decode(repeat('0', 64), 'hex')) and d.pepper_version = 1 from private.api_key_digests as d join api_keys as k on k.id = d.key_id and k.lookup = '000000000001'",
    ),
    Story(
        "rotation: what is answered",
        "admin2",
        yes(
            "told ->> 'lookup' = '000000000001' and told ->> 'pepper_version' = '1' and told ->> 'maker_id' = '{admin2}'",
            f"{ROTATE.format('key', '')} as told",
        ),
        function="auth",
    ),
    rotates(
        "others live on",
        then="select bool_and(expires_at is null and revoked_at is null) from api_keys where id <> '{key}'",
    ),
    ends("a day of overlap, unless told otherwise", DAY, "null"),
    ends("no overlap", "now()", "null", terms=", 0"),
    ends("thirty days of overlap", "now() + interval '30 days'", "null", terms=", 2592000"),
    ends("an end of its own", DAY, "now() + interval '3 days'", terms=", 86400, now() + interval '3 days'"),
    ends(
        "an end sooner than the overlap",
        "now() + interval '1 hour'",
        "now() + interval '10 days 1 hour'",
        before=ENDS.format("expires_at = now() + interval '1 hour'", "key"),
    ),
    ends(
        "an end later than the overlap",
        DAY,
        "now() + interval '12 days'",
        before=ENDS.format("expires_at = now() + interval '2 days'", "key"),
    ),
    *(
        rotates(f"an overlap of {seconds}", state="PT400", terms=f", {seconds}", says="overlap")
        for seconds in ("-1", "2592001", "null")
    ),
    rotates("an end that has passed", state="PT400", terms=", 0, now()", says="expire"),
    Story(
        "rotation: no digest",
        "admin2",
        "select public.rotate_api_key('{key}', '000000000001', 1, 'x')",
        "PT400",
        then=NOTHING_MADE,
        function="auth",
    ),
    rotates("revoked", state="PT409", before=ENDS.format("revoked_at = now()", "key"), says="has ended"),
    rotates("expired", state="PT409", before=ENDS.format("expires_at = now()", "key"), says="has ended"),
    rotates("ended by disuse", state="PT409", before=ENDS.format("idle_days = 10", "key"), says="has ended"),
    rotates("rotated already", state="PT409", before=NEXT.format("key"), says="already"),
    rotates("another was rotated already", before=NEXT.format("key_of_owner"), then=NOTHING_MADE.replace("= 0", "= 1")),
    Story(
        "rotation: the newest of a lineage",
        "admin2",
        f"select {ROTATE.format('key', '')}; select {AGAIN}",
        then="select new.generation = 3 and new.lineage_id = old.lineage_id from api_keys as old, api_keys as new where old.id = '{key}' and new.lookup = '000000000002'",
        function="auth",
    ),
    rotates("with five that are still taken", before=OLDER.format(5), then=NOTHING_MADE.replace("= 0", "= 1")),
    rotates("with six that are still taken", state="PT409", before=OLDER.format(6), says="Five older"),
    rotates(
        "with six of which one has ended",
        before=OLDER.format(6) + "; update api_keys set expires_at = now() where lookup = 'older0000002'",
        then=NOTHING_MADE.replace("= 0", "= 1"),
    ),
    rotates(
        "with six of another lineage",
        before=OLDER.format(6).replace("{key}", "{key_of_owner}"),
        then=NOTHING_MADE.replace("= 0", "= 1"),
    ),
    # Who may.
    rotates("a key that may do more than they", "admin", "PT403", key="key_of_owner", says="maker"),
    rotates(
        "a key that may do more, by who may as much",
        "owner2",
        key="key_of_owner",
        then="select maker_id = '{owner2}' from api_keys where lookup = '000000000001'",
    ),
    rotates(
        "a key of somebody banned",
        before="update auth.users set banned_until = 'infinity' where id = '{admin}'",
        then="select maker_id = '{admin2}' from api_keys where lookup = '000000000001'",
    ),
    rotates("by a member", "member", "PT404"),
    rotates("of one's own, by a member", "member", "PT404", key="key_of_member"),
    rotates("from outside", "outsider", "PT404"),
    rotates("of no key", state="PT404", key="firm"),
    rotates("in a frozen organization", state="PT404", before=FROZEN),
    rotates("where a second factor is demanded", state="PT404", before=GUARDED),
    rotates("with a second factor", before=GUARDED, aal="aal2", then=NOTHING_MADE.replace("= 0", "= 1")),
    rotates("directly", state="PT403", function="", says="functions API"),
    rotates("by another function", state="PT403", function="core", says="functions API"),
    # Again.
    Story(
        "rotation: twice under one Idempotency-Key",
        "admin2",
        yes(
            "a.first = a.again",
            f"(select {ROTATE.format('key', '')} as first, {ROTATE.format('key', '')} as again offset 0) as a",
        ),
        before=STATED,
        then=f"{NOTHING_MADE.replace('= 0', '= 1')} and {REPLAYED}",
        function="auth",
    ),
    Story(
        "rotation: twice without one",
        "admin2",
        f"select {ROTATE.format('key', '')}; select {ROTATE.format('key', '')}",
        "PT409",
        then=NOTHING_MADE,
        function="auth",
    ),
    Story(
        "rotation: again, as it was answered",
        "admin2",
        yes("a = '{{\"kept\": true}}'", f"{ROTATE.format('key', '')} as a"),
        before=STATED + "; " + kept(scope="'{admin2}'", route=f"'{ROUTE}'"),
        then=NOTHING_MADE,
        function="auth",
    ),
    rotates(
        "again, by who may not any more",
        "member",
        "PT404",
        before=STATED + "; " + kept(scope="'{member}'", route=f"'{ROUTE}'"),
    ),
]
