from collections.abc import Iterator

import pytest

from dev import units
from dev.stack import Stack
from dev.stripe.double import Double
from functions.billing import payments
from shared import config
from shared.gate import Door
from shared.visit import Visit
from shared.wire import wire_to
from tests.functions.billing.selling import Counter
from tests.functions.billing.shop import SECRET, Shop
from tests.functions.billing.wire import Wired, wired
from tests.functions.deployed import Ask
from tests.world import World

VISIT = Visit(method="POST", path="/billing/jobs/run", request_id="request-0001")


@pytest.fixture(scope="session")
def socket_of_stripe() -> Iterator[Wired]:
    with wired() as server:
        yield server


@pytest.fixture
def billing(
    deployed: None,  # noqa: ARG001 - it puts things back
    stack: Stack,
    socket_of_stripe: Wired,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Be the billing unit, whose provider is the double."""
    told = {
        "STRIPE_SECRET_KEY": "sk_test_double",
        "STRIPE_WEBHOOK_SECRETS": f"whsec_of_another_endpoint, {SECRET}",
        "STRIPE_API_BASE": socket_of_stripe.url,
        "JOBS_URL": "",
    }
    for name, value in {**units.environment("billing", stack.ports, stack.keyring, stack.project), **told}.items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    yield
    payments.disconnect()


@pytest.fixture
def door(billing: None, stack: Stack) -> Iterator[Door]:  # noqa: ARG001 - the environment it stands in
    yield Door(config.settings(), VISIT)
    wire_to(stack.url).close()


@pytest.fixture
def double(socket_of_stripe: Wired) -> Double:
    made = Double(checks=True)
    socket_of_stripe.put(made)
    return made


@pytest.fixture
def shop(world: World, door: Door, double: Double) -> Iterator[Shop]:
    """A shop with a catalog, an empty queue, and schedules that sleep."""
    opened = Shop(world, door, double)
    opened.open()
    yield opened
    opened.close()


# Whoever stood at the counter: what they bought must not outlive what was sold.
BUYERS = """
delete from billing_customers as c where exists (
    select from private.checkouts as k inner join prices as p on p.id = k.price_id
    where k.org_id = c.org_id and starts_with(p.lookup_key, 'shop_')
)
"""


@pytest.fixture
def counter(shop: Shop, ask: Ask) -> Iterator[Counter]:
    """Where people buy, as often as they like."""
    with shop.world.without_limits():
        yield Counter(shop, ask)
    shop.world.run(BUYERS)
