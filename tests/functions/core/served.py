"""A process that serves requests of one person, one after another, until it is killed: `python -m …served`.

It is told a route and an access token, says after each answer how many there were, and at SIGTERM ends as servers do:
what it has begun, it answers.
"""

import signal
import sys

from shared import config
from shared.admission import admit
from shared.app import App, build
from shared.endpoint import Call, Endpoint
from shared.farewell import on_end
from shared.principal import PERSON
from tests.shared.asgi import ask


def serve(_: Call) -> dict[str, bool]:
    return {"served": True}


def app_of(route: str) -> App:
    app = build([Endpoint("GET", route, serve, PERSON)], admit=admit, settings=config.settings)
    on_end(app.leave)
    return app


def main(route: str) -> None:
    token = sys.stdin.readline().strip()
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ending.append(number))
    app = app_of(route)
    count = 0
    while not ending:
        status = ask(app, "GET", route, [("Authorization", f"Bearer {token}")]).status
        count += 1
        # After what the function logs; a line of ours begins with a word.
        sys.stdout.write(f"answered {count} {status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
