"""Telling Stripe what was used: the work of jobs of kind billing.flush_usage."""

import logging
from typing import Any

from functions.billing import payments
from functions.billing.names import PROVIDER, RUNNER
from shared.errors import Unexpected
from shared.work import Task

MOST = 100
STEP_SECONDS = 90

logger = logging.getLogger("mainstay")


def flush(task: Task) -> None:
    """Tell every use that was not told yet, until none is left or the time is up.

    Each goes under its own identifier, which Stripe counts once within a day: a flush that fell is told again.
    """
    while task.has_time():
        taken: list[dict[str, Any]] = task.door.call("jobs_take_usage", {"most": MOST}, role=RUNNER)
        for event in taken:
            task.extend(STEP_SECONDS)
            _end(task, event, _tell(task, event))
        if len(taken) < MOST:
            return


def _tell(task: Task, event: dict[str, Any]) -> str | None:
    """Tell one use; return why it will never be counted, if it will not."""
    if event["livemode"] != task.door.settings.live or event["provider"] != PROVIDER or not event["customer"]:
        return "of another provider or mode than this function's, or of nobody who pays"
    # https://docs.stripe.com/api/billing/meter-event/create
    asked: Any = {
        "event_name": event["meter"],
        "identifier": event["identifier"],
        "timestamp": event["occurred_at"],
        "payload": {"stripe_customer_id": event["customer"], "value": str(event["quantity"])},
    }
    client = payments.client(task.door.settings)
    try:
        payments.ask(lambda: client.v1.billing.meter_events.create(asked))
    except Unexpected as problem:
        rejection = payments.rejection(problem)
        if rejection is None:
            raise
        # It has this one already.
        return None if rejection.param == "identifier" else problem.cause or "refused"
    except payments.Missing as missing:
        return missing.cause or "no such customer"
    return None


def _end(task: Task, event: dict[str, Any], problem: str | None) -> None:
    if problem:
        logger.error("usage refused", extra={"fields": {"eventId": str(event["id"]), "cause": problem}})
    task.door.call("jobs_end_usage", {"event": event["id"], "problem": problem}, role=RUNNER)
