"""Trouble on demand: what the next requests meet instead of, before or after what they ask for."""

from dataclasses import dataclass, field
from typing import Any

from dev.stripe.refusal import Refused

KINDS = ("429", "lock_timeout", "500", "500_after", "401", "403", "409", "timeout", "lost", "slow")


class NoAnswer(Exception):
    """The connection broke before an answer came."""


@dataclass
class Fault:
    """One kind of trouble.

    `500` and `timeout` come before anything was done, `500_after` and `lost` afterwards: the work is done, and the
    caller does not know it. `slow` takes `seconds`, and its idempotency key is in use meanwhile.
    """

    kind: str
    times: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 5.0
    after: bool = field(init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")
        self.after = self.kind in {"500_after", "lost"}


class Faults:
    """Faults that wait for the requests they are meant for, each for so many of them."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, kind: str, *, times: int = 1, method: str = "", path: str = "", seconds: float = 5.0) -> Fault:
        """Have the next requests whose method is this one and whose path begins so meet a fault."""
        fault = Fault(kind, times, method.upper(), path, seconds)
        self.waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets."""
        for fault in self.waiting:
            if fault.method in {"", method} and path.startswith(fault.path):
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None


_REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "429": ("Request rate limit exceeded.", {"status": 429, "code": "rate_limit", "kept": False}),
    "lock_timeout": (
        "This object cannot be accessed right now: another request or process is currently accessing it.",
        {"status": 429, "code": "lock_timeout", "kept": False},
    ),
    "500": ("An unknown error occurred.", {"status": 500, "kind": "api_error"}),
    "401": ("Invalid API Key provided: sk_test_****", {"status": 401, "kept": False}),
    "403": (
        "The provided key does not have the required permissions for this endpoint.",
        {"status": 403, "code": "more_permissions_required", "kept": False},
    ),
    "409": (
        "There is currently another in-progress request using this Idempotent Key.",
        {"status": 409, "kind": "idempotency_error", "code": "idempotency_key_in_use", "kept": False},
    ),
}
_HEADERS = {
    "429": {"Stripe-Rate-Limited-Reason": "global-rate"},
    "lock_timeout": {"Stripe-Should-Retry": "true"},
}


def raise_before(fault: Fault) -> None:
    """Do what a fault does before the work."""
    if fault.kind == "timeout":
        raise NoAnswer
    if fault.kind in _REFUSALS:
        message, further = _REFUSALS[fault.kind]
        refused = Refused(message, **further)
        refused.headers |= _HEADERS.get(fault.kind, {})
        raise refused
