"""What operators see of checkouts: what became of them, and whether it was us."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from dev.stack import Stack
from tests.ops.operator import operate, rows
from tests.world import World

# A provider and a mode that no other test on the run's stack has, so that nobody else's checkouts are counted.
SOLD = """
with product as (
    insert into products (provider, livemode, provider_id, key, plan, name)
    values ('polar', true, 'prod_1', 'success', 'pro', 'Pro') returning *
)
insert into prices (product_id, provider, livemode, provider_id, lookup_key, currency, unit_amount, recurring_interval)
select id, provider, livemode, 'price_1', 'success', 'usd', 100, 'month' from product returning id
"""
CUSTOMER = "insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'polar', true, %s)"
BEGUN = """
insert into private.checkouts (org_id, provider, livemode, price_id, quantity, status, session_ref,
    created_at, expires_at)
select %(org)s, provider, livemode, id, 1, case when %(session)s::text is null then 'superseded' else 'open' end,
    %(session)s::text, now() - %(age)s::interval,
    case when %(session)s::text is not null then now() - %(age)s::interval + interval '1 day' end
from prices where id = %(price)s
"""
SUBSCRIBED = """
insert into subscriptions (org_id, provider, livemode, provider_id, price_id, status, currency, amount,
    recurring_interval, current_period_start, current_period_end, started_at)
select %(org)s, provider, livemode, %(ref)s, id, 'active', 'usd', 100, 'month', now(), now() + interval '1 month',
    date_trunc('second', now() - %(age)s::interval)
from prices where id = %(price)s
"""


class Till:
    """Organizations that buy something of a provider that nobody else has."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.stack, self.world = stack, world
        self.price: UUID = world.value(SOLD)

    def buyer(self) -> UUID:
        org = self.world.organization(self.world.person(), "Buyer")
        self.world.run(CUSTOMER, org, f"cus_{uuid4().hex}")
        return org

    def begins(self, org: UUID, age: str, *, shown: bool = True) -> None:
        session = f"cs_{uuid4().hex}" if shown else None
        self._run(BEGUN, org=org, session=session, age=age)

    def pays(self, org: UUID, age: str) -> None:
        self._run(SUBSCRIBED, org=org, ref=f"sub_{uuid4().hex}", age=age)

    def _run(self, statement: str, **values: object) -> None:
        self.world.connection.execute(statement.encode(), {**values, "price": self.price})

    def told(self, *given: str) -> list[dict[str, str]]:
        """Return what the operator is shown of this provider."""
        shown = rows(operate(self.stack, "checkout_success", *given).stdout)
        return [row for row in shown if row["provider"] == "polar"]


@pytest.fixture
def till(stack: Stack, world: World) -> Iterator[Till]:
    """A till whose customers are gone afterwards."""
    yield Till(stack, world)
    for table in ("private.checkouts", "subscriptions", "billing_customers", "prices", "products"):
        world.run(f"delete from {table} where provider = 'polar'")


def test_checkouts_are_counted_by_what_became_of_them(till: Till) -> None:
    paid, tries, left, opened, broken, refused, long_ago = (till.buyer() for _ in range(7))
    # Of two pages the later one was paid; a page that failed was followed by one that did not.
    till.begins(paid, "3 hours")
    till.begins(paid, "2 hours")
    till.pays(paid, "1 hour 55 minutes")
    till.begins(tries, "2 days 20 seconds", shown=False)
    till.begins(tries, "2 days")
    till.pays(tries, "2 days")
    till.begins(left, "3 days")
    till.begins(opened, "1 hour")
    till.begins(broken, "1 hour", shown=False)
    till.begins(broken, "5 seconds", shown=False)
    # Who has paid is refused another page, which is no failure; what somebody is sold years later is no checkout's.
    till.pays(refused, "2 hours")
    till.begins(refused, "1 hour", shown=False)
    till.begins(long_ago, "20 days")
    till.pays(long_ago, "3 days")
    (counted,) = till.told()
    assert counted == {
        "provider": "polar",
        "livemode": "yes",
        "begun": "10",
        "paid": "2",
        "open": "2",
        "left_by_buyer": "5",
        "failed": "1",
        "success_percent": "66.67",
    }
    (fewer,) = till.told("days=1")
    assert (fewer["begun"], fewer["paid"], fewer["failed"], fewer["success_percent"]) == ("6", "1", "1", "50.00")


def test_where_nobody_paid_and_nothing_failed_there_is_no_share(till: Till) -> None:
    assert till.told() == []
    till.begins(till.buyer(), "1 hour")
    (counted,) = till.told()
    assert (counted["begun"], counted["open"], counted["success_percent"]) == ("1", "1", "")
