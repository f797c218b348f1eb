"""Which presented API key is whose, and what is said of one that may not be used."""

from collections.abc import Iterator

from tests.policies.court import Court

KEY = "update api_keys set {} where id = '{{key}}'"
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
]


def judge(court: Court) -> Iterator[str]:
    """Tell of every key that is taken for something else than it is."""
    key = court.stage.keys["key"]
    digest = key.presented().partition(":")[2]
    for name, change, problem in CASES:
        filled = change.format(key=key.id, maker=key.maker, org=key.org_id, digest=digest)
        with court.meanwhile(*filter(None, filled.split("; "))):
            found = court.world.value("select private.find_api_key(%s)", key.presented())
            guess = court.world.value("select private.find_api_key(%s)", key.presented(secret="guess"))
        if found != ({"problem": problem} if problem else {"claims": key.claims()}):
            yield f"{name}: {found}"
        if guess != {"problem": "key_unknown"}:
            yield f"{name}: a guess is told {guess}"
    for other in court.stage.keys.values():
        found = court.world.value("select private.find_api_key(%s)", other.presented())
        if found not in ({"claims": other.claims()}, {"problem": "key_orphaned"}):
            yield f"{other.lookup} is taken for {found}"
    yield from _judge_forms(court)


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
        found = "claims" in court.world.value("select private.find_api_key(%s)", presented)
        if found is not (presented in good):
            yield f"{presented!r} is taken for {'a key' if found else 'none'}"
