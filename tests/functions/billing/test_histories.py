"""Whatever happens to customers, and however its events arrive, our rows end as the provider's are.

HISTORIES=2000 runs so many instead of 200; HISTORY=17 runs one batch again.
"""

import os
from random import Random

import pytest

from dev.stripe.double import Double
from tests.functions.billing.histories import History
from tests.functions.billing.shop import Shop
from tests.functions.billing.wire import Wired

BATCH = 10
ACTS = 8
BATCHES = range(int(os.environ.get("HISTORIES", "200")) // BATCH)
CHOSEN = [int(os.environ["HISTORY"])] if "HISTORY" in os.environ else BATCHES


@pytest.fixture
def double(socket_of_stripe: Wired) -> Double:
    """The double without its checks of itself, which the other tests make."""
    made = Double()
    socket_of_stripe.put(made)
    return made


def arrive(shop: Shop, draw: Random) -> None:
    """Deliver some of what waits in some order, and do some of the work: each by chance."""
    shop.double.deliverer.mode = draw.choice(["in_order", "shuffled", "duplicated", "reversed"])
    if draw.random() < 0.3:
        shop.deliver()
    if draw.random() < 0.3:
        shop.work()


def worsen(shop: Shop, draw: Random) -> bool:
    """Choose how events arrive in this batch; answer whether some never do."""
    deliverer = shop.double.deliverer
    shop.double.account.random.seed(draw.random())
    if draw.random() < 0.3:
        deliverer.same_second = shop.double.now
    if draw.random() < 0.3:
        deliverer.delay = lambda _: draw.choice([0, 0, 60, 86_400])
    if draw.random() < 0.4:
        deliverer.drop = lambda _: draw.random() < 0.3
        return True
    return False


@pytest.mark.parametrize("seed", CHOSEN)
def test_every_history_ends_in_rows_that_are_the_providers(shop: Shop, seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - no secret
    lossy = worsen(shop, draw)
    histories = [History(shop, draw) for _ in range(BATCH)]
    for _ in range(ACTS * BATCH):
        draw.choice(histories).act()
        arrive(shop, draw)
    shop.double.deliverer.delay = lambda _: 0
    for delivery in shop.double.deliverer.waiting:
        delivery.not_before = 0
    shop.settle()
    if lossy:
        for each in histories:
            shop.world.run("update billing_customers set compared_at = null where org_id = %s", each.customer.org)
        shop.world.run("select private.send_job('billing.compare')")
        shop.work()
    assert set(shop.statuses) <= {200}
    for each in histories:
        assert each.rows() == each.truth(), each.done
        assert shop.plan(each.customer) == each.plan(), each.done
    waiting = "select count(*) from private.webhook_events where status not in ('done', 'ignored')"
    assert shop.world.value(waiting) == 0
    dead = "select count(*) from private.jobs where status = 'dead' or (status = 'waiting' and kind ~ '^billing')"
    assert shop.world.value(dead) == 0
