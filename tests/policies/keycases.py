"""Which presented API key is whose, and what is said of one that may not be used."""

from collections.abc import Iterator
from typing import Any

from tests.policies.court import Court

KEY = "update api_keys set {} where id = '{{key}}'"
USED = "idle_days = 7, created_at = now() - interval '9 days', last_used_at = now() - {}"
ELSEWHERE = "created_at = now() - interval '1 day', allowed_cidrs = '{{203.0.113.0/24}}'"
DIGEST = "update private.api_key_digests set {} where key_id = '{{key}}'"
MAKER = "update auth.users set {} where id = '{{maker}}'"
# A second layer: leaving ends keys by a trigger, and the lookup asks for the membership all the same.
LEFT = "alter table memberships disable trigger user; delete from memberships where user_id = '{maker}' and org_id = '{org}'"
CASES = [
    ("as made", "", None),
    ("expires now", KEY.format("created_at = now() - interval '1 day', expires_at = now()"), "key_expired"),
    ("expires in a second", KEY.format("expires_at = now() + interval '1 second'"), None),
    ("revoked now", KEY.format("revoked_at = now()"), "key_revoked"),
    ("revoked later", KEY.format("revoked_at = now() + interval '1 day'"), "key_revoked"),
    ("banned maker", MAKER.format("banned_until = now() + interval '1 second'"), "key_orphaned"),
    ("deleted maker", MAKER.format("deleted_at = now()"), "key_orphaned"),
    ("maker who left", LEFT, "key_orphaned"),
    ("another digest", DIGEST.format("digest = sha256('x')"), "key_unknown"),
    ("another pepper", DIGEST.format("pepper_version = 2"), "key_unknown"),
    ("no digest", "delete from private.api_key_digests where key_id = '{key}'", "key_unknown"),
    ("no key", "delete from api_keys where id = '{key}'", "key_unknown"),
    ("HMAC stored as it is sent", DIGEST.format("digest = decode('{digest}', 'hex')"), "key_unknown"),
    ("not used for its days", KEY.format(USED.format("interval '7 days'")), "key_idle"),
    ("used just in time", KEY.format(USED.format("interval '6 days 23:59:59'")), None),
    ("never used, and made long ago", KEY.format("idle_days = 7, created_at = now() - interval '7 days'"), "key_idle"),
    ("never used, and made just now", KEY.format("idle_days = 7, created_at = now() - interval '6 days'"), None),
    ("not used for years", KEY.format("last_used_at = now() - interval '9 years'"), None),
    ("revoked, and everything else", KEY.format(f"revoked_at = now(), expires_at = now(), {ELSEWHERE}"), "key_revoked"),
    ("expired, and from elsewhere", KEY.format(f"expires_at = now(), {ELSEWHERE}"), "key_expired"),
]
# Where a key may be used from, where it is, and what is said.
PLACES = [
    (None, "192.0.2.7", None),
    (None, None, None),
    ("192.0.2.0/24", "192.0.2.7", None),
    ("192.0.2.0/24", "192.0.3.7", "key_address"),
    ("192.0.2.0/24", "2001:db8::7", "key_address"),
    ("192.0.2.0/24", None, "key_address"),
    ("192.0.2.7/32", "192.0.2.7", None),
    ("192.0.2.7/32", "192.0.2.8", "key_address"),
    ("2001:db8::/32", "2001:db8::7", None),
    ("2001:db8::/32", "2001:db9::7", "key_address"),
    ("198.51.100.0/24,192.0.2.0/24", "192.0.2.7", None),
    ("0.0.0.0/0", "192.0.2.7", None),
    ("0.0.0.0/0", "2001:db8::7", "key_address"),
]


def find(court: Court, presented: str, address: str | None = "192.0.2.7") -> dict[str, Any]:
    """Return what is said of a presented key that is used from an address."""
    found: dict[str, Any] = court.world.value("select private.find_api_key(%s, %s)", presented, address)
    return found


def judge(court: Court) -> Iterator[str]:
    """Tell of every key that is taken for something else than it is."""
    key = court.stage.keys["key"]
    digest = key.presented().partition(":")[2]
    for name, change, problem in CASES:
        filled = change.format(key=key.id, maker=key.maker, org=key.org_id, digest=digest)
        with court.meanwhile(*filter(None, filled.split("; "))):
            found, guess = find(court, key.presented()), find(court, key.presented(secret="guess"))
            matched = court.world.value("select private.match_api_key(%s)", key.presented())
        if found != ({"problem": problem} if problem else {"claims": key.claims()}):
            yield f"{name}: {found}"
        if guess != {"problem": "key_unknown"}:
            yield f"{name}: a guess is told {guess}"
        if matched != (None if problem == "key_unknown" else key.id):
            yield f"{name}: matches {matched}"
    for other in court.stage.keys.values():
        found = find(court, other.presented())
        if found not in ({"claims": other.claims()}, {"problem": "key_orphaned"}):
            yield f"{other.lookup} is taken for {found}"
    yield from _judge_places(court)
    yield from _judge_forms(court)


def _judge_places(court: Court) -> Iterator[str]:
    """Where a key may be used from."""
    key = court.stage.keys["key"]
    for cidrs, address, problem in PLACES:
        court.world.run(
            "update api_keys set allowed_cidrs = string_to_array(%s, ',')::cidr[] where id = %s", cidrs, key.id
        )
        found = find(court, key.presented(), address)
        if found.get("problem") != problem or ("claims" in found) is (problem is not None):
            yield f"a key for {cidrs} from {address}: {found}"
        if find(court, key.presented(secret="guess"), address) != {"problem": "key_unknown"}:
            yield f"a guess is told where a key for {cidrs} may be used from"
    court.world.run("update api_keys set allowed_cidrs = null where id = %s", key.id)


def _judge_forms(court: Court) -> Iterator[str]:
    """The written form of a presented key."""
    key = court.stage.keys["key"]
    lookup, _, digest = key.presented().partition(".1:")
    good = [
        f"{lookup}.1:{digest}",
        f"{lookup}.2:{'0' * 64},1:{digest}",
        f"{lookup}.2:{'0' * 64},3:{'1' * 64},1:{digest}",
    ]
    bad = [
        "",
        lookup,
        f"{lookup}.",
        f"{lookup}.1:{digest},",
        f"{lookup}.2:{digest}",
        f"{lookup}.1:{digest[:-1]}",
        f"x{lookup}.1:{digest}",
    ]
    bad += [
        ",".join([good[0]] * 2),
        f"{lookup}." + ",".join([f"1:{digest}"] * 5),
        f"{lookup}.1:{digest}\n",
        f"{lookup}.2:{digest},1:{'0' * 64}",
    ]
    bad += [f"{lookup}.1:{digest.upper()}" if digest.upper() != digest else ""]
    for presented in good + bad:
        found = "claims" in find(court, presented)
        if found is not (presented in good):
            yield f"{presented!r} is taken for {'a key' if found else 'none'}"
