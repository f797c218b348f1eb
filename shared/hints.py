"""Hints: telling the jobs function that there is work, without waiting until it is done. A lost one costs a minute."""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable

from shared.config import Settings
from shared.errors import Problem, Unauthenticated
from shared.wire import Wait, wire_to

LIFE_SECONDS = 60
FORM = re.compile(r"([0-9]{1,12})\.[0-9a-f]{64}", re.ASCII)
# Long enough to send it; nobody waits for the work to be done. Together they are what a caller may lose by it.
SENDING = Wait(connect=0.2, read=0.1)

logger = logging.getLogger("mainstay")


def token(secret: str, now: float) -> str:
    """Return what proves a hint for a minute: `<seconds>.<HMAC-SHA256>`."""
    moment = str(int(now))
    return f"{moment}.{hmac.digest(secret.encode(), f'jobs:{moment}'.encode(), hashlib.sha256).hex()}"


def verify(settings: Settings, presented: str | None, clock: Callable[[], float] = time.time) -> None:
    """Raise Unauthenticated unless one of our functions sent this within the last minute."""
    secret, formed = settings.jobs_secret.reveal(), FORM.fullmatch(presented or "")
    fresh = formed is not None and abs(clock() - int(formed[1])) <= LIFE_SECONDS
    if not secret or not formed or not fresh or not hmac.compare_digest(token(secret, int(formed[1])), formed[0]):
        raise Unauthenticated("This is for our own functions.", presented=presented is not None)


def hint(settings: Settings, module: str = "core") -> None:
    """Ask a module's jobs function to look; takes 0.3 seconds at worst. Without an address or a secret: nothing."""
    secret = settings.jobs_secret.reveal()
    if not secret or not settings.jobs_url:
        return
    try:
        wire_to(settings.jobs_url).send(
            "POST", f"/functions/v1/{module}/jobs/run", {"X-Jobs-Token": token(secret, time.time())}, b"", wait=SENDING
        )
    except Problem as problem:
        # Who does not answer in time is at work; the schedule is the net for everything else.
        logger.debug("hint not answered", extra={"fields": {"code": problem.code}})
