"""How a caller's limits stand, as the database said, and the headers that tell them. Nothing is counted here."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit after this request: `left` of `quantity` in `window` seconds; `wait` seconds until one is there."""

    name: str
    quantity: int
    window: int
    left: int
    reset: int
    wait: int


def read_limits(said: object) -> tuple[Limit, ...]:
    """Read what backend.admit lists; raises ValueError for another shape."""
    listed = said if isinstance(said, list) else []
    try:
        return tuple(
            Limit(str(each["name"]), *(int(each[name]) for name in ("quantity", "window", "left", "reset", "wait")))
            for each in listed
        )
    except (KeyError, TypeError) as wrong:
        raise ValueError("not a list of limits") from wrong


def limit_headers(limits: Sequence[Limit]) -> dict[str, str]:
    """Return RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11) and the older X-RateLimit-*.

    All say the same: the older ones have room for one limit, which is the one that is nearest to its end. A refusal
    names in RateLimit only what it was refused for, so that no `t` is later than Retry-After.
    """
    if not limits:
        return {}
    told = [limit for limit in limits if limit.wait and not limit.left] or limits
    nearest = min(limits, key=lambda limit: (limit.left, -limit.wait, limit.left / limit.quantity))
    return {
        "RateLimit-Policy": ", ".join(f'"{each.name}";q={each.quantity};w={each.window}' for each in limits),
        "RateLimit": ", ".join(f'"{each.name}";r={each.left};t={each.wait or each.reset}' for each in told),
        "X-RateLimit-Limit": str(nearest.quantity),
        "X-RateLimit-Remaining": str(nearest.left),
        "X-RateLimit-Reset": str(nearest.wait or nearest.reset),
    }
