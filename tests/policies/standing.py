"""Who counts as somebody: sessions, bans and claims that private.me() believes, and what is left of a maker's keys."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.policies.cast import Caller
from tests.policies.court import Court

USER = "update auth.users set {} where id = '{{person}}'"
SESSION = "update auth.sessions set {} where id = '{{session}}'"
# What happened to the person, what their token says otherwise, and whether the database still knows them.
# Everything happens in one transaction, so now() is the same instant throughout: a limit is met exactly.
CASES: list[tuple[str, str, dict[str, Any], bool]] = [
    ("as they signed in", "", {}, True),
    ("a session that ends now", SESSION.format("not_after = now()"), {}, False),
    ("a session that ended a second ago", SESSION.format("not_after = now() - interval '1 second'"), {}, False),
    ("a session that ends in a second", SESSION.format("not_after = now() + interval '1 second'"), {}, True),
    ("no session any more", "delete from auth.sessions where id = '{session}'", {}, False),
    ("a ban that ends now", USER.format("banned_until = now()"), {}, True),
    ("a ban that ended a year ago", USER.format("banned_until = now() - interval '1 year'"), {}, True),
    ("a ban that ends in a second", USER.format("banned_until = now() + interval '1 second'"), {}, False),
    ("a ban without an end", USER.format("banned_until = 'infinity'"), {}, False),
    ("deleted", USER.format("deleted_at = now()"), {}, False),
    ("anonymous", USER.format("is_anonymous = true"), {}, False),
    ("no person any more", "delete from auth.users where id = '{person}'", {}, False),
    ("the claims of nobody", "", {"role": "anon"}, False),
    ("the claims of an operator", "", {"role": "service_role"}, False),
    ("the claims of a key", "", {"role": "integrator"}, False),
    ("no role", "", {"role": None}, False),
    ("another audience", "", {"aud": "another"}, False),
    ("no audience", "", {"aud": None}, False),
    ("another app's token", "", {"client_id": "x"}, False),
    ("another app's token, unnamed", "", {"client_id": ""}, False),
    ("no session in the token", "", {"session_id": None}, False),
    ("no person in the token", "", {"sub": None}, False),
    ("an unknown session", "", {"session_id": str(uuid4())}, False),
]


def judge(court: Court) -> Iterator[str]:
    """Tell of everybody who counts and should not, or the other way round."""
    person, stranger = court.stage.people["owner"], court.stage.people["outsider"]
    strangers = [("a stranger's session", "", {"session_id": str(stranger.session_id)}, False)]
    strangers += [("a stranger's name", "", {"sub": str(stranger.id)}, False)]
    for name, happened, changes, known in CASES + strangers:
        change = happened.format(person=person.id, session=person.session_id)
        with court.meanwhile(*filter(None, [change])):
            caller = Caller("authenticated", person.claims(**changes))
            found = court.ask(caller, "select private.me()").value
            rows = court.ask(caller, "select id from public.profiles").rows
        if (found, rows) != ((person.id, [(person.id,)]) if known else (None, [])):
            yield f"{name}: private.me() is {found}"
        if happened and "auth.users" in happened:
            yield from _judge_maker(court, name, change, known=known)


def _judge_maker(court: Court, name: str, change: str, *, known: bool) -> Iterator[str]:
    """What ends a person ends what their keys reach, before any key is looked up."""
    key = Caller("integrator", court.stage.keys["key"].claims())
    with court.meanwhile(change):
        for table in ("profiles", "organizations"):
            if court.ask(key, f"select 1 from public.{table}").done is not known:
                yield f"{name}: the maker's key reads {table}: {not known}"
