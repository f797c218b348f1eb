"""Whoever is killed while receiving, claiming, fetching or writing, at whatever step: nothing is lost or doubled."""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from functions.billing import fetching, jobs, payments
from shared.gate import Door
from shared.wire import wire_to
from tests.functions.billing.conftest import VISIT
from tests.functions.billing.shop import Customer, Shop

# More than a refresh and what follows from it take.
STEPS = 40
MAILS = "select count(*) from private.outbox where kind = 'mail.receipt' and payload ->> 'org_id' = %s"


def falling(step: int, *, before: bool) -> Callable[..., Any]:
    """Return what Door.call is in a process that dies at its so manieth call, before it or after it."""
    call, count = Door.call, [0]

    def fall(*arguments: Any, **named: Any) -> Any:
        count[0] += 1
        if before and count[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call(*arguments, **named)
        if count[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return fall


def in_a_child(work: Callable[[], object], arm: Callable[[], None]) -> bool:
    """Do something in another process; tell whether it was killed before it was done."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            payments.disconnect()
            arm()
            work()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert ended in {0, signal.SIGKILL}, "it fell by itself"
    return ended != 0


def again(shop: Shop) -> None:
    """Let every lease end, and do what is left."""
    shop.world.run("update private.jobs set run_at = now(), token = null where status = 'waiting'")
    shop.deliver()
    shop.work()


def holds(shop: Shop, customer: Customer) -> None:
    assert (shop.plan(customer), shop.row(customer)) == ("pro", "active")
    assert shop.world.value(MAILS, str(customer.org)) == 1
    assert shop.world.value("select count(*) from private.webhook_events where status = 'waiting'") == 0
    assert shop.world.value("select count(*) from private.jobs where kind ~ '^billing' and status <> 'done'") == 0
    doubled = "select count(*) from subscriptions where org_id = %s"
    assert shop.world.value(doubled, customer.org) == 1


def subscribed(shop: Shop) -> Customer:
    customer = shop.customer()
    shop.settle()
    shop.subscribe(customer)
    return customer


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_each_call_of_the_database(shop: Shop, *, before: bool) -> None:
    killed = 0
    for step in range(1, STEPS):
        customer = subscribed(shop)
        shop.deliver()
        wire_to(shop.door.settings.supabase_url).close()

        def arm(step: int = step) -> None:
            Door.call = falling(step, before=before)  # type: ignore[method-assign] # in a process that is to die

        died = in_a_child(lambda: jobs.work(Door(shop.door.settings, VISIT), 30), arm)
        again(shop)
        holds(shop, customer)
        if not died:
            break
        killed += 1
    assert STEPS - 1 > killed > 8


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_each_request_to_the_provider(shop: Shop, *, before: bool) -> None:
    killed = 0
    for step in range(1, STEPS):
        customer = subscribed(shop)
        shop.deliver()
        wire_to(shop.door.settings.supabase_url).close()
        client = payments.ask
        count = [0]

        def fall(request: Callable[[], Any], step: int = step, count: list[int] = count) -> Any:
            count[0] += 1
            if before and count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = client(request)  # noqa: B023 - it is called in this round
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        def arm(fall: Callable[..., Any] = fall) -> None:
            # In the process that is to die, wherever it is called from.
            for module in (payments, fetching):
                vars(module)["ask"] = fall

        died = in_a_child(lambda: jobs.work(Door(shop.door.settings, VISIT), 30), arm)
        again(shop)
        holds(shop, customer)
        if not died:
            break
        killed += 1
    assert STEPS - 1 > killed >= 4


@pytest.mark.parametrize("before", [True, False])
def test_killed_while_receiving(shop: Shop, *, before: bool) -> None:
    customer = subscribed(shop)
    for delivery in list(shop.double.deliverer.waiting):
        wire_to(shop.door.settings.supabase_url).close()

        def arm() -> None:
            Door.call = falling(1, before=before)  # type: ignore[method-assign] # in a process that is to die

        body = shop.double.deliverer.payload(delivery)
        headers = shop.double.deliverer.headers(delivery, body)
        assert in_a_child(partial(shop.send, "", headers, body), arm)
    # Nobody answered, so the provider sends each of them again.
    again(shop)
    assert set(shop.statuses) == {200}
    holds(shop, customer)
