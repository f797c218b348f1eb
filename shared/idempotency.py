"""The Idempotency-Key of a request, as the database is told of it. What it was answered, only the database knows."""

import hashlib
import re
from dataclasses import dataclass

from shared.errors import ValidationError
from shared.values import Secret
from shared.visit import Visit

# A string of draft-ietf-httpapi-idempotency-key-header, or the same without quotes, as most clients write it.
FORM = re.compile(r'"?([A-Za-z0-9_.:=+/-]{8,255})"?', re.ASCII)


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a client drew for one request. A secret: with it, and a pepper, an API key can be drawn again."""

    key: Secret
    fingerprint: str

    def stated(self) -> str:
        """Return what the database is told: `<SHA-256 of the key>.<SHA-256 of the request>`, in hex."""
        return f"{hashlib.sha256(self.key.reveal().encode()).hexdigest()}.{self.fingerprint}"


def read_claim(visit: Visit, raw: bytes) -> Claim | None:
    """Return what the request claims, or None without the header. Raises ValidationError for a key of another form."""
    sent = [value for name, value in visit.headers if name == b"idempotency-key"]
    if not sent:
        return None
    match = FORM.fullmatch(sent[0].decode("latin-1").strip())
    if match is None or len(sent) > 1:
        raise ValidationError(
            "Idempotency-Key needs 8 to 255 letters, digits or any of _.:=+/-. Send a fresh UUID for each new request."
        )
    target = f"{visit.method} {visit.path}?".encode() + visit.query + b"\n"
    return Claim(Secret(match[1]), hashlib.sha256(target + raw).hexdigest())
