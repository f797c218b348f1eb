"""What each kind of job of this module does."""

from typing import Any

from functions.billing import fetching, payments, reconciling, seat_works, usage_works
from functions.billing.names import PROVIDER, RUNNER
from functions.billing.refreshing import refresh
from shared.hints import hint
from shared.work import Hopeless, Task, Work, calling, pruning

# What one step of a fetch takes at worst, three tries of twelve seconds and their pauses, and what is left to write it.
STEP_SECONDS = 90
CATALOG_SECONDS = 600


def _own(task: Task) -> str:
    """Return the customer or object that a job names; raises Hopeless where it is not of this provider and mode."""
    told = task.job.payload
    if told["provider"] != PROVIDER or told["livemode"] != task.door.settings.live:
        raise Hopeless("of another provider or mode than this function's")
    return str(told.get("customer") or told["object"])


def _refresh(task: Task) -> str:
    """Write what a customer has now. Who changed meanwhile is fetched again, by the same job, a little later."""
    customer = _own(task)
    written = refresh(task.door, customer, role=RUNNER, beat=lambda: task.extend(STEP_SECONDS))
    ending = {"job": task.job.id, "lease": task.job.token, "of_provider": PROVIDER}
    again = task.door.call("jobs_end_refresh", ending | {"live": task.door.settings.live, "ref": customer}, role=RUNNER)
    if written and written["mailed"]:
        # Sending it is the work of another module.
        hint(task.door.settings)
    return "again" if again else "done"


def _find_customer(task: Task) -> None:
    """Ask whose an object is of which an event said nothing else."""
    identifier = _own(task)
    named = {"of_provider": PROVIDER, "live": task.door.settings.live, "object": identifier}
    # It may have been fetched since.
    customer: str | None = task.door.call("billing_owner", named, role=RUNNER)
    if customer is None:
        task.extend(STEP_SECONDS)
        customer = fetching.owner_of(payments.client(task.door.settings), identifier)
    task.door.call("billing_found", named | {"customer": customer}, role=RUNNER)


def _end_customer(task: Task) -> None:
    """Delete the customer of an organization that is gone, which ends what it pays for at once. A repeat finds none."""
    told: dict[str, Any] | None = task.door.call(
        "outbox_effect", {"outbox_id": task.job.payload["outbox_id"]}, role=RUNNER
    )
    if told is None:
        return
    if told["livemode"] != task.door.settings.live or told["provider"] != PROVIDER:
        raise Hopeless("of another provider or mode than this function's")
    fetching.end(payments.client(task.door.settings), told["customer"])


def _refresh_catalog(task: Task) -> None:
    """Write what the provider says of our products and prices. Lists are long, and nobody waits for them."""
    task.extend(CATALOG_SECONDS)
    settings = task.door.settings
    began = task.door.call("jobs_begin_catalog", {}, role=RUNNER)
    told = fetching.fetch_catalog(payments.client(settings), live=settings.live)
    named = {"of_provider": PROVIDER, "live": settings.live, "fetched_from": began}
    task.door.call("jobs_write_catalog", named | {"told": told}, role=RUNNER)


def _plan_changed(task: Task) -> None:
    """Do nothing: what is to follow from another plan, in other systems, begins here."""


WORKS: dict[str, Work] = {
    "billing.announce_plans": calling("jobs_announce_plans"),
    "billing.check": calling("jobs_check_billing"),
    "billing.compare": reconciling.compare,
    "billing.end_customer": _end_customer,
    "billing.find_customer": _find_customer,
    "billing.flush_usage": usage_works.flush,
    "billing.plan_changed": _plan_changed,
    "billing.push_seats": seat_works.push,
    "billing.prune": pruning("jobs_prune_billing"),
    "billing.refresh": _refresh,
    "billing.refresh_catalog": _refresh_catalog,
    "billing.sweep": reconciling.sweep,
    "billing.tell_customers": calling("jobs_tell_customers"),
}
