"""The signature under Resend's events, which Svix sends for it.

Source: https://docs.svix.com/receiving/verifying-payloads/how-manual
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable

from shared.errors import Unauthenticated
from shared.values import WEBHOOK_PREFIX, Secret
from shared.visit import Visit

TOLERANCE_SECONDS = 300
SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def sign(raw: bytes, identifier: str, moment: str, secret: str) -> str:
    """Return the signature of these bytes: HMAC-SHA256 over id, time and body, in base64.

    Raises ValueError for a secret that is not base64 behind whsec_.
    """
    try:
        key = base64.b64decode(secret.removeprefix(WEBHOOK_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("the secret is not base64") from None
    signed = f"{identifier}.{moment}.".encode() + raw
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def verify(raw: bytes, visit: Visit, secret: Secret, clock: Callable[[], float] = time.time) -> None:
    """Raise Unauthenticated unless Resend signed these bytes within the last five minutes."""
    # The second is the same under its standard's name: https://www.standardwebhooks.com
    prefix = b"svix-" if visit.header(b"svix-id") else b"webhook-"
    identifier, moment, given = (visit.header(prefix + name) or "" for name in (b"id", b"timestamp", b"signature"))
    if not secret.reveal():
        raise Unauthenticated("This deployment takes no events of mail.", presented=bool(given))
    if not SECONDS.fullmatch(moment) or abs(clock() - int(moment)) > TOLERANCE_SECONDS:
        raise Unauthenticated("This signature is missing, or its time is not now.", presented=bool(given))
    wanted = f"v1,{sign(raw, identifier, moment, secret.reveal())}".encode()
    # One of several counts: while a secret is replaced, events are signed with both.
    if not any(hmac.compare_digest(wanted, each.encode("latin-1")) for each in given.split(" ")):
        raise Unauthenticated("This is not Resend's signature under these bytes.")
