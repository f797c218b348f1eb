"""What is done without an event: customers are compared with the provider, and its log of events is looked through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.billing import events, fetching, payments
from functions.billing.names import PROVIDER, RUNNER
from functions.billing.payments import Client, Missing
from shared.work import Task

LEASE_SECONDS = 120
# How many a run takes up; each run is ten minutes after the one before.
CUSTOMERS = 200


def compare(task: Task) -> None:
    """Compare the customers that were not for the longest time, as many as there is time for."""
    settings = task.door.settings
    named = {"of_provider": PROVIDER, "live": settings.live}
    due: list[str] = task.door.call("jobs_to_compare", named | {"most": CUSTOMERS}, role=RUNNER)
    for customer in due:
        if not task.has_time():
            return
        _compare(task, payments.client(settings), named | {"ref": customer})


def _compare(task: Task, client: Client, named: Mapping[str, Any]) -> None:
    begun = task.door.call("jobs_begin_compare", named, role=RUNNER)
    if begun is None:
        return

    def beat() -> None:
        task.extend(LEASE_SECONDS)

    try:
        state = fetching.fetch(client, named["ref"], live=named["live"], beat=beat)
    except Missing:
        # Another account's, it may be. It keeps nobody else from being compared.
        task.door.call("jobs_note_unknown", named, role=RUNNER)
        return
    told = {**named, "fetched_from": begun["fetched_from"], "state": state}
    task.door.call("jobs_compare", told, role=RUNNER)


def sweep(task: Task) -> None:
    """Look through the provider's events, newest first, for those that never came.

    Stopped at any point it goes on there the next time; what it looked at already is known by then.
    """
    settings = task.door.settings
    named = {"of_provider": PROVIDER, "live": settings.live}
    begun = task.door.call("jobs_begin_sweep", named, role=RUNNER)
    asked: dict[str, Any] = {
        "created": {name: _seconds(begun[each]) for name, each in (("gte", "since"), ("lte", "until"))}
    }
    if begun["after"]:
        asked["starting_after"] = begun["after"]
    try:
        finished = _look_through(task, named, asked)
    except Missing:
        # The place where it stopped has left the log by now: what is left of the log is looked at from its beginning.
        del asked["starting_after"]
        finished = _look_through(task, named, asked)
    if finished:
        task.door.call("jobs_end_sweep", named, role=RUNNER)


def _look_through(task: Task, named: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Take up one page after another; false where the time was up before the last."""
    client = payments.client(task.door.settings)
    for page in payments.pages(client.v1.events.list, asked):
        task.extend(LEASE_SECONDS)
        read = [events.read(each.to_dict()) for each in page if events.is_of_interest(each.type)]
        told = {**named, "events": read, "after": page[-1].id}
        task.door.call("jobs_sweep", told, role=RUNNER)
        if not task.has_time():
            return False
    return True


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
