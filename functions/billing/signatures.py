"""The signature under Stripe's events. Checked before anything is read of them, and without the SDK.

Source: https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable

from shared.errors import Unauthenticated
from shared.values import Secret

TOLERANCE_SECONDS = 300
# As many signatures as are looked at: while a secret is replaced, there are two.
MOST_SIGNATURES = 8
MOMENT = re.compile(r"[0-9]{1,12}", re.ASCII)


def sign(raw: bytes, moment: str, secret: str) -> str:
    """Return the signature of these bytes at a moment: HMAC-SHA256 by the secret as it is written, whsec_ included."""
    return hmac.digest(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hex()


def verify(raw: bytes, header: str | None, secrets: Iterable[Secret], clock: Callable[[], float] = time.time) -> None:
    """Raise Unauthenticated unless the owner of a secret signed these bytes, at most five minutes ago or ahead."""
    parts = [part.partition("=")[::2] for part in (header or "").split(",")]
    moment = next((value for name, value in parts if name.strip() == "t"), "")
    given = [value.strip().encode("latin-1", "replace") for name, value in parts if name.strip() == "v1"]
    presented = header is not None
    if not MOMENT.fullmatch(moment) or abs(clock() - int(moment)) > TOLERANCE_SECONDS:
        raise Unauthenticated("This signature is missing, or its time is not now.", presented=presented)
    wanted = [sign(raw, moment, each.reveal()).encode() for each in secrets if each.reveal()]
    if not wanted:
        raise Unauthenticated("This deployment takes no events of Stripe.", presented=presented)
    if not any(hmac.compare_digest(mine, theirs) for mine in wanted for theirs in given[:MOST_SIGNATURES]):
        raise Unauthenticated("This is not Stripe's signature under these bytes.")
