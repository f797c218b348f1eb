from typing import Any

import pytest

from functions.billing import subscription
from tests.functions.billing.selling import Buyer, Counter

ACTS = ("cancel", "undo-cancel", "pause", "resume")


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    made = counter.buyer()
    counter.buy(made)
    return made


def done(counter: Counter, buyer: Buyer, act: str, **body: Any) -> Any:
    answer = counter.post(f"/billing/subscription/{act}", buyer, **body)
    assert answer.status == 200, answer.body
    return answer.json()["data"]["subscription"]


def test_who_cancels_keeps_what_is_paid_for_and_may_think_better_of_it(counter: Counter, buyer: Buyer) -> None:
    ended = done(counter, buyer, "cancel", reason="too_expensive", comment="  for us ")
    assert (ended["status"], ended["cancelAtPeriodEnd"]) == ("active", True)
    assert ended["entitledUntil"] == ended["currentPeriodEnd"]
    at_stripe = counter.shop.v1.subscriptions.retrieve(ended["providerId"])
    assert at_stripe.cancellation_details
    assert (at_stripe.cancellation_details.feedback, at_stripe.cancellation_details.comment) == (
        "too_expensive",
        "for us",
    )
    assert done(counter, buyer, "cancel") == ended
    assert done(counter, buyer, "undo-cancel")["cancelAtPeriodEnd"] is False
    # Within a day again: that is another act, not a repeat of the first.
    assert done(counter, buyer, "cancel")["cancelAtPeriodEnd"] is True


def test_what_was_canceled_ends_with_its_period(counter: Counter, buyer: Buyer) -> None:
    done(counter, buyer, "cancel")
    counter.shop.double.advance(days=32)
    counter.shop.settle()
    assert counter.seen(buyer)["status"] == "canceled"
    assert counter.world.value("select private.plan_of(%s)", buyer.org) == "free"


def test_a_pause_gives_and_bills_nothing_until_it_is_over(counter: Counter, buyer: Buyer) -> None:
    assert done(counter, buyer, "pause")["status"] == "paused"
    assert counter.world.value("select private.plan_of(%s)", buyer.org) == "free"
    assert done(counter, buyer, "pause")["status"] == "paused"
    assert done(counter, buyer, "resume")["status"] == "active"
    assert counter.world.value("select private.plan_of(%s)", buyer.org) == "pro"


def test_who_cannot_pay_does_not_resume(counter: Counter, buyer: Buyer) -> None:
    counter.shop.double.advance(days=20)
    counter.shop.settle()
    done(counter, buyer, "pause")
    customer = counter.world.value("select provider_id from billing_customers where org_id = %s", buyer.org)
    counter.shop.double.behave(customer, "fails_later")
    answer = counter.post("/billing/subscription/resume", buyer)
    assert (answer.status, answer.code) == (402, "PAYMENT_REQUIRED")
    assert counter.seen(buyer)["status"] == "paused"


def test_an_act_leaves_its_trace_with_who_did_it_and_why(counter: Counter, buyer: Buyer) -> None:
    done(counter, buyer, "cancel", reason="unused")
    rows = counter.world.connection.execute(
        "select actor_kind, actor_id, after ->> 'reason' from audit_log"
        " where org_id = %s and action = 'subscription.cancel'",
        [buyer.org],
    ).fetchall()
    assert rows == [("person", buyer.person.id, "unused")]


@pytest.mark.parametrize("act", ACTS)
def test_only_who_may_change_billing_does_any_of_it(counter: Counter, buyer: Buyer, act: str) -> None:
    path, body = f"/billing/subscription/{act}", {"orgId": str(buyer.org)}
    assert counter.ask(subscription.app, "POST", path, None, body).status == 401
    assert counter.ask(subscription.app, "POST", path, counter.world.person(), body).status == 404
    assert counter.ask(subscription.app, "POST", path, counter.world.member(buyer.org, "admin"), body).status == 403
    assert counter.seen(buyer)["status"] == "active"


@pytest.mark.parametrize("act", ACTS)
def test_without_a_subscription_there_is_nothing_to_be_done(counter: Counter, act: str) -> None:
    assert counter.post(f"/billing/subscription/{act}", counter.buyer()).status == 404


def test_what_is_not_paused_is_resumed_already(counter: Counter, buyer: Buyer) -> None:
    assert done(counter, buyer, "resume")["status"] == "active"


def test_who_may_see_it_sees_it(counter: Counter, buyer: Buyer) -> None:
    admin, member = counter.world.member(buyer.org, "admin"), counter.world.member(buyer.org, "member")
    assert counter.get("/billing/subscription", admin, orgId=buyer.org).json()["data"]["subscription"]["plan"] == "pro"
    assert counter.get("/billing/subscription", member, orgId=buyer.org).status == 403
    assert counter.get("/billing/subscription", counter.world.person(), orgId=buyer.org).status == 404
    assert counter.get("/billing/subscription", None, orgId=buyer.org).status == 401


def test_without_a_name_it_is_the_personal_organization_s(counter: Counter, buyer: Buyer) -> None:
    answer = counter.get("/billing/subscription", buyer.person)
    assert answer.json()["data"]["orgId"] == str(buyer.person.personal_org)
    assert answer.json()["data"]["subscription"] is None


def test_a_function_of_another_mode_than_the_database_is_refused(counter: Counter, buyer: Buyer) -> None:
    counter.world.run("update private.settings set value = 'true' where name = 'billing_livemode'")
    try:
        assert counter.get("/billing/subscription", buyer.person, orgId=buyer.org).status == 503
        assert counter.begin(counter.buyer()).status == 503
    finally:
        counter.world.run("update private.settings set value = 'false' where name = 'billing_livemode'")
