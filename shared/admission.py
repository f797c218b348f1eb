"""Admission: one call that says who is calling and whether they may; when the database is away, nobody may."""

import re
from collections.abc import Mapping
from typing import Any

from shared.database import Database
from shared.endpoint import Endpoint
from shared.errors import (
    Forbidden,
    PaymentRequired,
    Problem,
    RateLimited,
    Unauthenticated,
    UpstreamFailed,
    ValidationError,
)
from shared.gate import Door
from shared.limits import Limit, read_limits
from shared.principal import Admitted, Principal

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAMES = {"person": ["id"], "key": ["id", "maker_id", "org_id"], "nobody": []}


def admit(door: Door, endpoint: Endpoint) -> Admitted:
    """Return the caller, or raise what the database refused them with.

    A refusal arrives as data and not as an error, so that what it spent stays spent.
    """
    answer = _ask(door, endpoint)
    if not isinstance(answer, dict) or not isinstance(answer.get("admitted"), bool):
        raise UpstreamFailed(cause="backend.admit answered in another shape")
    limits = _limits(answer)
    if not answer["admitted"]:
        refusal = _refusal(answer)
        refusal.limits = limits
        raise refusal
    principal = _principal(answer.get("principal"))
    if principal.kind != (door.credentials.kind if door.credentials else "nobody"):
        raise UpstreamFailed(cause="backend.admit recognized another kind of caller")
    return Admitted(principal, Database(door), limits, answer.get("plan"))


def _ask(door: Door, endpoint: Endpoint) -> Any:  # noqa: ANN401 - JSON
    question = {
        "route": endpoint.route,
        "needs": endpoint.needs,
        "spends": endpoint.limit,
        "counted": endpoint.counted,
        "tier": endpoint.plan,
        "strangers": not endpoint.who,
    }
    try:
        if door.tally is None:
            return door.call("admit", question, role="gatekeeper")
        with door.tally.sending() as previous:
            return door.call("admit", question | {"previous": previous}, role="gatekeeper")
    except ValidationError as odd:
        # Nothing in this call comes from the client but the token: its role does not exist (22023).
        raise Unauthenticated(cause=odd.cause) from odd


def _limits(answer: Mapping[str, Any]) -> tuple[Limit, ...]:
    try:
        return read_limits(answer.get("limits"))
    except ValueError as odd:
        raise UpstreamFailed(cause="backend.admit listed limits in another shape") from odd


def _refusal(answer: Mapping[str, Any]) -> Problem:
    message, cause = answer.get("message"), str(answer.get("reason"))
    message = message if isinstance(message, str) else None
    match answer.get("status"):
        case 401:
            return Unauthenticated(message, cause=cause)
        case 402:
            return PaymentRequired(message, cause=cause)
        case 403:
            return Forbidden(message, cause=cause)
        case 429:
            return RateLimited(message, retry_after=_seconds(answer.get("retry_after")), cause=cause)
        case status:
            return UpstreamFailed(cause=f"backend.admit refused with status {status}: {cause}")


def _seconds(value: object) -> int:
    return max(1, value) if isinstance(value, int) else 1


def _principal(said: object) -> Principal:
    members = said if isinstance(said, dict) else {}
    kind, scopes = members.get("kind"), members.get("scopes", [])
    if kind not in NAMES or not all(_is_uuid(members.get(name)) for name in NAMES[kind]):
        raise UpstreamFailed(cause="backend.admit named the caller in another shape")
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise UpstreamFailed(cause="backend.admit listed scopes in another shape")
    return Principal(
        kind=kind,
        id=members.get("id", ""),
        aal=members.get("aal"),
        lookup=members.get("lookup"),
        maker_id=members.get("maker_id"),
        org_id=members.get("org_id"),
        scopes=frozenset(scopes),
    )


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and UUID.fullmatch(value) is not None
