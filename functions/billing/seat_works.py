"""Telling Stripe how many seats an organization wants: the work of jobs of kind billing.push_seats."""

from typing import Any

from functions.billing import payments
from functions.billing.names import PROVIDER, RUNNER
from functions.billing.refreshing import refresh
from shared.errors import InProgress
from shared.work import Hopeless, Task

# As often as another order can come while one is told.
ROUNDS = 5
STEP_SECONDS = 90


def push(task: Task) -> None:
    """Tell the quantity that was asked for last, and again where another was asked for meanwhile; then compare.

    Raises InProgress where that does not end, so that the job is tried again.
    """
    for turn in range(ROUNDS):
        task.extend(STEP_SECONDS)
        asked = {"outbox_id": task.job.payload["outbox_id"]}
        told: dict[str, Any] | None = task.door.call("jobs_seat_order", asked, role=RUNNER)
        if told is None:
            return
        if told["livemode"] != task.door.settings.live or told["provider"] != PROVIDER:
            raise Hopeless("of another provider or mode than this function's")
        _tell(task, told, turn)
        refresh(task.door, told["customer"], role=RUNNER)
        settled = {"org": told["org_id"], "order": told["order"]}
        if task.door.call("jobs_settle_seats", settled, role=RUNNER) is True:
            return
    raise InProgress(cause="seats are ordered faster than they can be told of")


def _tell(task: Task, told: dict[str, Any], turn: int) -> None:
    # A key of this turn of this job: two jobs may tell two orders in turn, and the later telling must count.
    options = payments.once("seats", told["org_id"], told["order"], task.job.id, task.job.attempts, turn)
    # Seats are paid for when they are bought, and not had until then.
    change: Any = {
        "quantity": told["quantity"],
        "proration_behavior": "always_invoice",
        "payment_behavior": "pending_if_incomplete",
    }
    items = payments.client(task.door.settings).v1.subscription_items
    payments.ask(lambda: items.update(told["item"], change, options))
