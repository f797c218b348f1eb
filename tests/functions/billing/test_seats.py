from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.billing import seats, subscription
from tests.functions.billing.selling import Buyer, Counter
from tests.world import Person


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    made = counter.buyer()
    counter.buy(made, "shop_team", quantity=3)
    return made


def members(counter: Counter, buyer: Buyer, count: int) -> list[Person]:
    return [counter.world.member(buyer.org, "member") for _ in range(count)]


def assign(counter: Counter, buyer: Buyer, member: Person) -> Any:
    return counter.post("/billing/seats", buyer, userId=str(member.id))


def release(counter: Counter, buyer: Buyer, member: Person) -> Any:
    path = f"/billing/seats/{member.id}"
    return counter.ask(seats.app, "DELETE", path, buyer.person, query=f"orgId={buyer.org}")


def listed(counter: Counter, buyer: Buyer) -> Any:
    return counter.get("/billing/seats", buyer.person, orgId=buyer.org).json()["data"]


def order(counter: Counter, buyer: Buyer, quantity: int) -> Any:
    return counter.post("/billing/subscription/seats", buyer, quantity=quantity)


def at_stripe(counter: Counter, buyer: Buyer) -> int | None:
    found = counter.shop.v1.subscriptions.retrieve(counter.seen(buyer)["providerId"])
    quantity: int | None = found["items"].data[0].quantity
    return quantity


def test_seats_are_given_until_none_is_left(counter: Counter, buyer: Buyer) -> None:
    first, *others = members(counter, buyer, 4)
    for member in (first, *others[:2]):
        assert assign(counter, buyer, member).status == 200
    refused = assign(counter, buyer, others[2])
    assert (refused.status, refused.code) == (409, "CONFLICT")
    assert assign(counter, buyer, first).json()["data"]["used"] == 3
    assert release(counter, buyer, first).json()["data"]["used"] == 2
    assert release(counter, buyer, first).status == 200
    assert assign(counter, buyer, others[2]).status == 200


def test_twenty_at_once_take_three_seats(counter: Counter, buyer: Buyer) -> None:
    people = members(counter, buyer, 20)
    with ThreadPoolExecutor(10) as pool:
        statuses = [each.status for each in pool.map(lambda member: assign(counter, buyer, member), people)]
    assert sorted(statuses) == [200] * 3 + [409] * 17
    assert listed(counter, buyer)["used"] == 3


def test_who_leaves_frees_their_seat(counter: Counter, buyer: Buyer) -> None:
    member = members(counter, buyer, 1)[0]
    assign(counter, buyer, member)
    counter.world.run("delete from memberships where org_id = %s and user_id = %s", buyer.org, member.id)
    assert listed(counter, buyer)["used"] == 0


def test_only_members_have_seats(counter: Counter, buyer: Buyer) -> None:
    assert assign(counter, buyer, counter.world.person()).status == 404


def test_more_seats_are_bought_through_the_outbox(counter: Counter, buyer: Buyer) -> None:
    answer = order(counter, buyer, 5)
    assert answer.json()["data"]["ordered"] == 5
    assert at_stripe(counter, buyer) == 3
    counter.shop.settle()
    assert at_stripe(counter, buyer) == 5
    assert (listed(counter, buyer)["bought"], listed(counter, buyer)["ordered"]) == (5, None)


def test_the_last_order_is_what_the_provider_has(counter: Counter, buyer: Buyer) -> None:
    for quantity in (5, 9, 4):
        assert order(counter, buyer, quantity).status == 200
    counter.shop.settle()
    assert at_stripe(counter, buyer) == 4


def test_nobody_orders_fewer_than_are_used_nor_uses_more_than_are_ordered(counter: Counter, buyer: Buyer) -> None:
    first, second, third = members(counter, buyer, 3)
    assign(counter, buyer, first)
    assign(counter, buyer, second)
    assert order(counter, buyer, 1).status == 409
    assert order(counter, buyer, 2).status == 200
    # Three are paid for still, and two is what was asked for.
    assert assign(counter, buyer, third).status == 409
    counter.shop.settle()
    assert at_stripe(counter, buyer) == 2


def test_assigning_and_ordering_at_once_never_end_with_more_used_than_bought(counter: Counter, buyer: Buyer) -> None:
    people = members(counter, buyer, 3)
    with ThreadPoolExecutor(4) as pool:
        assigned = [pool.submit(assign, counter, buyer, member) for member in people]
        ordered = pool.submit(order, counter, buyer, 2)
    counter.shop.settle()
    used = sum(each.result().status == 200 for each in assigned)
    assert ordered.result().status in {200, 409}
    assert used <= (at_stripe(counter, buyer) or 0)
    assert used == listed(counter, buyer)["used"]


def test_a_change_of_plan_takes_no_seat_that_is_used(counter: Counter, buyer: Buyer) -> None:
    for member in members(counter, buyer, 2):
        assign(counter, buyer, member)
    preview = "/billing/subscription/preview"
    assert counter.post(preview, buyer, lookupKey="shop_team", quantity=1).status == 409
    assert counter.post(preview, buyer, lookupKey="shop_pro").status == 409
    token = counter.post(preview, buyer, lookupKey="shop_team", quantity=2).json()["data"]["token"]
    assign(counter, buyer, members(counter, buyer, 1)[0])
    assert (
        counter.ask(subscription.app, "POST", "/billing/subscription/change", buyer.person, {"token": token}).status
        == 409
    )


def test_where_fewer_are_bought_than_used_the_oldest_stand(counter: Counter, buyer: Buyer) -> None:
    people = members(counter, buyer, 3)
    for member in people:
        assign(counter, buyer, member)
    item = counter.shop.v1.subscriptions.retrieve(counter.seen(buyer)["providerId"])["items"].data[0].id
    counter.shop.v1.subscription_items.update(item, {"quantity": 2})
    counter.shop.settle()
    standing = [(each["userId"], each["paidFor"]) for each in listed(counter, buyer)["seats"]]
    assert standing == [(str(people[0].id), True), (str(people[1].id), True), (str(people[2].id), False)]


def test_a_plan_without_seats_has_none(counter: Counter) -> None:
    buyer = counter.buyer()
    counter.buy(buyer)
    assert order(counter, buyer, 5).status == 409
    assert assign(counter, buyer, members(counter, buyer, 1)[0]).status == 409


def test_who_may_manage_members_gives_seats_and_who_pays_buys_them(counter: Counter, buyer: Buyer) -> None:
    admin, accountant = counter.world.member(buyer.org, "admin"), counter.world.member(buyer.org, "billing")
    member = members(counter, buyer, 1)[0]
    body = {"orgId": str(buyer.org), "userId": str(member.id)}
    assert counter.ask(seats.app, "POST", "/billing/seats", admin, body).status == 200
    assert counter.ask(seats.app, "POST", "/billing/seats", accountant, body).status == 403
    assert counter.ask(seats.app, "POST", "/billing/seats", member, body).status == 403
    assert order(counter, Buyer(admin, buyer.org), 5).status == 403
    assert order(counter, Buyer(accountant, buyer.org), 5).status == 200
    assert counter.get("/billing/seats", counter.world.person(), orgId=buyer.org).status == 404
    assert counter.get("/billing/seats", member, orgId=buyer.org).status == 200
