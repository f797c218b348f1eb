"""The end of a process: what was counted and not yet carried is sent before it goes, if anybody says that it will."""

import http.client
import logging
import os
import secrets
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from types import FrameType

from shared import config
from shared.config import Settings
from shared.errors import Problem
from shared.gate import Door
from shared.tally import Tally
from shared.visit import Visit
from shared.wire import Wait

# Lambda kills 500 ms after it has said that the end is near.
WAIT = Wait(connect=0.2, read=0.3)
REGISTRATION_SECONDS = 1.0
EXTENSION = "/2020-01-01/extension"

logger = logging.getLogger("mainstay")


def deliver(settings: Settings, tally: Tally) -> None:
    """Send what is kept in a call of its own; what does not arrive is kept."""
    if not len(tally):
        return
    visit = Visit(method="POST", path="/", request_id=secrets.token_hex(16))
    try:
        with tally.sending() as previous:
            Door(settings, visit).call("count_requests", {"previous": previous}, role="gatekeeper", wait=WAIT)
    except Problem as problem:
        fields = {"code": problem.code, "cause": problem.cause, "entries": len(tally)}
        logger.warning("requests not counted yet", extra={"fields": fields})


def on_end(work: Callable[[], None]) -> None:
    """Do this work when SIGTERM comes, then what would have been done without it. Called in the main thread.

    A server that stops gently, as uvicorn does, still answers what it has begun: more to send may follow.
    """
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: FrameType | None) -> None:
        work()
        if callable(before):
            before(number, frame)
        elif before is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)


def register(work: Callable[[], None]) -> None:
    """On Lambda, and if LAMBDA_FAREWELL is set, ask for a SIGTERM at the end and do this work then; else nothing.

    Lambda says nothing to a function without an extension, so the function is made one: an internal one without events,
    which must register before its first invocation and then wait for a call that never comes.
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
    """
    address = config.lambda_api()
    if address is None:
        return
    on_end(work)
    try:
        identity = _register(address)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("not registered as an extension", extra={"fields": {"cause": type(error).__name__}})
        return
    threading.Thread(target=_wait, args=(address, identity), daemon=True).start()


def _register(address: str) -> str:
    connection = http.client.HTTPConnection(address, timeout=REGISTRATION_SECONDS)
    headers = {"Lambda-Extension-Name": "mainstay-farewell", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"{EXTENSION}/register", b'{"events":[]}', headers)
        answer = connection.getresponse()
        identity = answer.headers.get("Lambda-Extension-Identifier")
        if answer.status != http.client.OK or identity is None:
            raise http.client.HTTPException(f"status {answer.status}")
        return identity
    finally:
        connection.close()


def _wait(address: str, identity: str) -> None:
    # Says that the extension is ready, without which Lambda would wait for it; the answer would be an event.
    try:
        with closing(http.client.HTTPConnection(address)) as connection:
            connection.request("GET", f"{EXTENSION}/event/next", headers={"Lambda-Extension-Identifier": identity})
            connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        logger.warning("no longer waited for as an extension", extra={"fields": {"cause": type(error).__name__}})
