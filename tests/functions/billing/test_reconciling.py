from typing import Any

import pytest

from functions.billing.works import WORKS
from ops.sql.__main__ import run as run_sql
from ops.sql.statement import Unusable, find
from shared.gate import Door
from shared.work import Job, Task
from tests.functions.billing.shop import Customer, Shop

FINDINGS = "select kind, subject from private.billing_findings where org_id = %s order by found_at"


def do(shop: Shop, kind: str) -> None:
    """Do a scheduled job."""
    shop.world.run("select private.send_job(%s)", kind)
    shop.world.run(
        "update private.jobs set run_at = now() - interval '1 day' where kind = %s and status = 'waiting'", kind
    )
    drained = shop.work()
    assert (drained.waiting, drained.dead) == (0, 0)


def findings(shop: Shop, customer: Customer) -> list[tuple[Any, ...]]:
    return shop.world.connection.execute(FINDINGS, [customer.org]).fetchall()


def lose(shop: Shop) -> None:
    """Have no event arrive any more."""
    shop.double.deliverer.waiting.clear()
    shop.double.deliverer.drop = lambda _: True


def backdate(shop: Shop) -> None:
    """Let every event be so old that it is not on its way any more."""
    for event in shop.double.events():
        event["created"] -= 3600


@pytest.fixture(autouse=True)
def fresh(shop: Shop) -> None:
    shop.world.run("delete from private.billing_sweeps")
    shop.world.run("update billing_customers set compared_at = now()")


def test_an_event_that_never_came_is_found_in_the_log_and_taken(shop: Shop) -> None:
    customer = shop.customer()
    shop.settle()
    lose(shop)
    shop.subscribe(customer)
    shop.work()
    assert shop.plan(customer) == "free"
    backdate(shop)
    do(shop, "billing.sweep")
    assert (shop.plan(customer), shop.row(customer)) == ("pro", "active")
    kinds = {kind for kind, _ in findings(shop, customer)}
    assert kinds == {"missing_event"}
    audited = "select count(*) from audit_log where org_id = %s and action = 'billing.missing_event'"
    assert shop.world.value(audited, customer.org) == len(findings(shop, customer))
    before = len(findings(shop, customer))
    do(shop, "billing.sweep")
    assert len(findings(shop, customer)) == before


def test_what_may_be_on_its_way_is_not_missing(shop: Shop) -> None:
    customer = shop.customer()
    shop.settle()
    lose(shop)
    shop.subscribe(customer)
    do(shop, "billing.sweep")
    assert findings(shop, customer) == []


def test_a_sweep_that_is_stopped_goes_on_where_it_was(shop: Shop, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.billing.payments.PAGE", 5)
    customer = shop.customer()
    shop.settle()
    lose(shop)
    shop.subscribe(customer)
    backdate(shop)
    task = leased(shop, door, "billing.sweep", has_time=False)
    WORKS["billing.sweep"](task)
    place = "select page_after, swept_until from private.billing_sweeps"
    stopped = shop.world.connection.execute(place).fetchone()
    assert stopped
    assert (stopped[0] is not None, stopped[1]) == (True, None)
    do(shop, "billing.sweep")
    assert shop.plan(customer) == "pro"
    finished = shop.world.connection.execute(place).fetchone()
    assert finished
    assert (finished[0], finished[1] is not None) == (None, True)


def leased(shop: Shop, door: Door, kind: str, *, has_time: bool) -> Task:
    job = shop.world.value("select private.send_job(%s)", kind)
    token = shop.world.value(
        "update private.jobs set token = gen_random_uuid() where id = %s returning token::text", job
    )
    return Task(door, Job(job, kind, {}, token, 1), lambda: has_time)


def test_rows_that_differ_without_an_event_are_drift_and_repaired(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscribe(customer)
    shop.settle()
    lose(shop)
    shop.v1.subscriptions.update(shop.row(customer, "provider_id"), {"cancel_at_period_end": True})
    shop.world.run("update billing_customers set compared_at = null where org_id = %s", customer.org)
    do(shop, "billing.compare")
    assert shop.row(customer, "cancel_at_period_end") is True
    assert findings(shop, customer) == [("drift", customer.id)]
    shop.world.run("update billing_customers set compared_at = null where org_id = %s", customer.org)
    do(shop, "billing.compare")
    assert len(findings(shop, customer)) == 1


def test_whom_an_event_waits_for_has_not_drifted(shop: Shop) -> None:
    customer = shop.customer()
    shop.settle()
    shop.subscribe(customer)
    shop.deliver()
    shop.world.run("delete from private.jobs")
    shop.world.run("update billing_customers set compared_at = null where org_id = %s", customer.org)
    do(shop, "billing.compare")
    assert (shop.plan(customer), findings(shop, customer)) == ("pro", [])


def test_what_was_given_up_is_dead_and_can_be_replayed(shop: Shop) -> None:
    customer = shop.customer()
    shop.settle()
    shop.subscribe(customer)
    shop.deliver()
    shop.double.faults.add("401", times=100)
    shop.world.run("update private.jobs set max_attempts = 1 where status = 'waiting'")
    assert shop.work().dead > 1
    shop.double.faults.waiting.clear()
    dead = "select count(*) from private.webhook_events where status = 'dead'"
    waiting = "select count(*) from private.webhook_events where status = 'waiting'"
    assert (shop.world.value(waiting), shop.plan(customer)) == (0, "free")
    assert shop.world.value(dead) > 5
    statement = find("replay_inbox")
    nothing = statement.values([])
    with pytest.raises(Unusable, match="nothing was changed"):
        run_sql(shop.world.connection, statement, nothing)
    wanted = statement.values(["type=customer.subscription."])
    assert ("sent", "1") in run_sql(shop.world.connection, statement, wanted)[1]
    shop.work()
    assert shop.plan(customer) == "pro"
    # Those of the same customer were applied with it; what only names a payment is still to be replayed.
    run_sql(shop.world.connection, statement, statement.values(["since=2020-01-01"]))
    shop.work()
    assert shop.world.value(dead) == shop.world.value(waiting) == 0


def test_pruning_leaves_what_a_sweep_would_take_for_missing(shop: Shop) -> None:
    shop.customer()
    shop.settle()
    ages = "update private.webhook_events set received_at = now() - make_interval(days => %s)"
    shop.world.run(ages, 44)
    before = shop.world.value("select count(*) from private.webhook_events")
    do(shop, "billing.prune")
    assert shop.world.value("select count(*) from private.webhook_events") == before
    shop.world.run(ages, 46)
    do(shop, "billing.prune")
    assert shop.world.value("select count(*) from private.webhook_events") == 0


def test_an_organization_that_is_deleted_pays_no_more(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscribe(customer)
    shop.settle()
    shop.world.run("delete from organizations where id = %s", customer.org)
    shop.work()
    assert shop.v1.subscriptions.retrieve(subscription).status == "canceled"
    assert shop.double.account.store.get("customer", customer.id)["deleted"]


def test_who_is_unknown_to_the_provider_keeps_nobody_from_being_compared(shop: Shop) -> None:
    stranger, customer = shop.customer(), shop.customer()
    shop.settle()
    shop.world.run("update billing_customers set provider_id = 'cus_of_elsewhere' where org_id = %s", stranger.org)
    lose(shop)
    shop.subscribe(customer)
    for each, days in ((stranger, 3), (customer, 2)):
        shop.world.run(
            "update billing_customers set compared_at = now() - make_interval(days => %s) where org_id = %s",
            days,
            each.org,
        )
    do(shop, "billing.compare")
    assert shop.plan(customer) == "pro"
    do(shop, "billing.check")
    assert findings(shop, stranger) == [("unknown_to_the_provider", "cus_of_elsewhere")]
