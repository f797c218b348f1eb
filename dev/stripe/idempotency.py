"""Idempotency keys: the first answer is kept for 24 hours and given again, whatever it was.

https://docs.stripe.com/api/idempotent_requests
"""

from dataclasses import dataclass

from dev.stripe.clock import DAY, Clock
from dev.stripe.refusal import Refused
from dev.stripe.replies import Reply

KEPT = DAY
LONGEST = 255


@dataclass
class Entry:
    """What a key was first used for, and the answer, once there is one."""

    fingerprint: str
    since: int
    reply: Reply | None = None


class Keys:
    """The keys of one account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, Entry] = {}

    def begin(self, key: str, fingerprint: str) -> Reply | None:
        """Return the answer to give again; None if the work is to be done now, and the key is in use until then."""
        if len(key) > LONGEST:
            raise Refused(f"An idempotency key has at most {LONGEST} characters.", kind="idempotency_error", kept=False)
        found = self._entries.get(key)
        if found and found.since <= self._clock.now - KEPT:
            found = None
        if found is None:
            self._entries[key] = Entry(fingerprint, self._clock.now)
            return None
        if found.fingerprint != fingerprint:
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
                kept=False,
            )
        if found.reply is None:
            raise Refused(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                f"submitted twice, and the other request is still going through): {key}. Please try again later.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
                kept=False,
            )
        return found.reply.replayed()

    def finish(self, key: str, reply: Reply, *, kept: bool) -> None:
        """Keep the answer, or forget the key if nothing was begun."""
        if kept:
            self._entries[key].reply = reply
        else:
            self._entries.pop(key, None)

    def prune(self) -> int:
        """Forget keys whose day is over; return how many are left."""
        oldest = self._clock.now - KEPT
        self._entries = {key: entry for key, entry in self._entries.items() if entry.since > oldest}
        return len(self._entries)
