"""Claims of two requests at once: what one says while another, on a connection of its own, is at work."""

from collections.abc import Iterator

import psycopg

from tests.policies.court import Court, as_person
from tests.policies.idempotency_stories import CREATE, ROUTE, STATED, of_hex

HOLD = "select pg_advisory_xact_lock(hashtextextended(format('%s %s %s', {}, {}, {}), 0))"
# What the other one holds, and what this one is told: (scope, route, digest), state.
AT_WORK = [
    (("'{admin}'", f"'{ROUTE}'", of_hex("a")), "PT409"),
    (("'{owner}'", f"'{ROUTE}'", of_hex("a")), ""),
    (("'{admin}'", "'POST /x'", of_hex("a")), ""),
    (("'{admin}'", f"'{ROUTE}'", of_hex("d")), ""),
]


def judge(court: Court) -> Iterator[str]:
    """Tell of every request that is answered otherwise while another is at work, and of those that have no key and wait."""
    names = court.firm.names()
    info = court.connection.info
    for (scope, route, digest), state in AT_WORK:
        with psycopg.connect(info.dsn, password=info.password) as other, court.meanwhile(STATED):
            other.execute(HOLD.format(scope.format(**names), route, digest).encode())
            told = court.ask(as_person(court.firm.people["admin"]), f"select {CREATE.format(**names)}", function="auth")
            if told.state != state or (state and told.hint != "in_progress"):
                yield f"while somebody is at {scope} {route} {digest}: {told.state} {told.hint}"
    with psycopg.connect(info.dsn, password=info.password) as other:
        other.execute(HOLD.format("null", "null", "null").encode())
        told = court.ask(as_person(court.firm.people["admin"]), f"select {CREATE.format(**names)}", function="auth")
        if told.state:
            yield f"without a key, while somebody is at nothing: {told.state}"
