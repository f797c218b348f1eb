from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.functions.billing.selling import Buyer, Counter
from tests.world import World


@pytest.fixture
def meter(counter: Counter) -> str:
    name = f"calls_{uuid4().hex[:8]}"
    counter.world.run("insert into private.meters (meter, description) values (%s, 'Calls.')", name)
    counter.shop.v1.billing.meters.create(
        {"display_name": "Calls", "event_name": name, "default_aggregation": {"formula": "sum"}}
    )
    return name


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    made = counter.buyer()
    counter.buy(made)
    return made


def use(counter: Counter, buyer: Buyer, meter: str, identifier: str, quantity: int = 5, **more: Any) -> Any:
    return counter.post("/billing/usage", buyer, meter=meter, identifier=identifier, quantity=quantity, **more)


def flush(counter: Counter) -> None:
    counter.world.run("select private.send_job('billing.flush_usage')")
    counter.shop.work()


def counted(counter: Counter) -> list[int]:
    """What the double counted, one number for each event."""
    kept = counter.shop.double.account.store.secrets["used"].values()
    return [int(event["payload"]["value"]) for events in kept for event in events]


def ended(world: World, meter: str) -> Any:
    return world.connection.execute(
        "select d.ended_at is not null, d.problem from private.usage_events as e"
        " left join private.usage_deliveries as d on d.event_id = e.id where e.meter = %s",
        [meter],
    ).fetchall()


def test_a_use_is_counted_here_and_then_there(counter: Counter, buyer: Buyer, meter: str) -> None:
    answer = use(counter, buyer, meter, "a")
    assert answer.status == 200, answer.body
    assert answer.json()["data"]["repeated"] is False
    assert counted(counter) == []
    flush(counter)
    flush(counter)
    assert counted(counter) == [5]
    assert ended(counter.world, meter) == [(True, None)]


def test_one_identifier_is_one_use(counter: Counter, buyer: Buyer, meter: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: use(counter, buyer, meter, "same"), range(8)))
    assert sorted(each.json()["data"]["repeated"] for each in answers) == [False] + [True] * 7
    assert use(counter, buyer, meter, "same", 6).status == 409
    flush(counter)
    assert counted(counter) == [5]


def test_two_organizations_may_use_one_name(counter: Counter, buyer: Buyer, meter: str) -> None:
    other = counter.buyer()
    counter.buy(other)
    use(counter, buyer, meter, "a", 1)
    use(counter, other, meter, "a", 2)
    flush(counter)
    assert sorted(counted(counter)) == [1, 2]


def test_what_a_fallen_worker_had_told_is_not_counted_twice(counter: Counter, buyer: Buyer, meter: str) -> None:
    use(counter, buyer, meter, "a")
    flush(counter)
    counter.world.run("update private.usage_deliveries set ended_at = null, begun_at = now() - interval '11 minutes'")
    flush(counter)
    assert counted(counter) == [5]
    assert ended(counter.world, meter) == [(True, None)]


def test_after_a_day_nobody_knows_and_nothing_is_told_again(counter: Counter, buyer: Buyer, meter: str) -> None:
    use(counter, buyer, meter, "a")
    flush(counter)
    counter.world.run(
        "update private.usage_deliveries set ended_at = null, begun_at = now() - interval '23 hours 1 second'"
    )
    counter.shop.double.advance(days=2)
    flush(counter)
    assert counted(counter) == [5]


def test_a_period_is_told_whole_before_it_is_billed(counter: Counter, buyer: Buyer, meter: str) -> None:
    use(counter, buyer, meter, "a")
    counter.shop.double.advance(days=31)
    counter.shop.settle()
    assert counted(counter) == [5]


def test_what_stripe_refuses_is_kept_with_the_reason_and_holds_up_nothing(
    counter: Counter, buyer: Buyer, meter: str
) -> None:
    counter.world.run(
        "insert into private.meters (meter, description) values ('unknown_there', 'x') on conflict do nothing"
    )
    use(counter, buyer, "unknown_there", str(uuid4()))
    use(counter, buyer, meter, "b")
    flush(counter)
    assert counted(counter) == [5]
    assert "unknown_there" in ended(counter.world, "unknown_there")[-1][1]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"meter": "nobody_counts_this"}, 400),
        ({"quantity": 0}, 400),
        ({"identifier": ""}, 400),
        ({"identifier": "a b"}, 400),
        ({"occurredAt": (datetime.now(UTC) - timedelta(days=35)).isoformat()}, 400),
        ({"occurredAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, 400),
    ],
)
def test_what_cannot_be_counted_is_refused(
    counter: Counter, buyer: Buyer, meter: str, change: dict[str, Any], status: int
) -> None:
    body = {"meter": meter, "identifier": "a", "quantity": 1} | change
    assert counter.post("/billing/usage", buyer, **body).status == status


def test_only_who_pays_is_counted_and_only_by_who_may(counter: Counter, buyer: Buyer, meter: str) -> None:
    assert use(counter, counter.buyer(), meter, "a").status == 409
    assert use(counter, Buyer(counter.world.person(), buyer.org), meter, "a").status == 404
    assert use(counter, Buyer(counter.world.member(buyer.org, "admin"), buyer.org), meter, "a").status == 403
