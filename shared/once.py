"""Work outside the database, done once: under a claim that runs out, so that a crash blocks no retry for long."""

from collections.abc import Callable
from typing import Any

from shared.endpoint import Call, Endpoint
from shared.errors import InProgress, Problem, UpstreamFailed

LEASE_SECONDS = 30


def once(call: Call, endpoint: Endpoint, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, or what it returned when this request came before; without a claim just do it.

    Failed work is not kept: its claim is given up, and the problem goes on to the caller. Work that took longer than
    its lease may have been taken over: then InProgress is raised, and the other one's answer stands.
    """
    if call.claim is None:
        return work()
    claimed = _tell(call, "idempotency_claim", route=endpoint.route, lease_seconds=LEASE_SECONDS)
    if claimed.get("replay") is True:
        call.door.replayed = True
        return dict(claimed["answer"])
    named = {"route": endpoint.route, "token": claimed.get("token")}
    try:
        answer = work()
    except Problem:
        _tell(call, "idempotency_release", **named)
        raise
    if not _tell(call, "idempotency_finish", **named, status=endpoint.status, answer=answer):
        raise InProgress(cause="the lease ran out before the work was done")
    return answer


def _tell(call: Call, function: str, **arguments: object) -> Any:  # noqa: ANN401 - JSON
    told = call.door.call(function, arguments, role="gatekeeper")
    if not isinstance(told, dict | bool):
        raise UpstreamFailed(cause=f"backend.{function} answered in another shape")
    return told
