"""A worker that is killed while it mails, at whatever point: everybody is mailed, and by Resend nobody twice."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from functions.core import mail_works
from functions.core.works import WORKS
from shared import worker
from shared.worker import drain
from tests.mailing import Mailing, address_of, by_resend, mailing, owner, resend
from tests.shared.resend_double import Resend
from tests.world import Person, World

__all__ = ["mailing", "owner", "resend"]
MAILS = 60
KILLS = 60
MOST_KILLS = 600
HOW_MANY = """
select count(*) filter (where d.doubts > 0), count(*) filter (where d.outcome = 'sent')
from private.mail_deliveries as d inner join private.outbox as o on o.id = d.outbox_id
inner join api_keys as k on k.id::text = o.payload ->> 'key_id' where k.maker_id = %s
"""


def run_and_kill(through: Mailing, after: float) -> None:
    """Fork a worker that drains the queue, and end it without warning so many seconds later."""
    child = os.fork()
    if child == 0:
        try:
            worker.LEASE_SECONDS = mail_works.LEASE_SECONDS = 1
            drain(through.door, WORKS, time.monotonic() + 60)
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def doubted_and_sent(world: World, maker: Person) -> tuple[int, int]:
    found = world.connection.execute(HOW_MANY, [maker.id]).fetchone()
    assert found
    return found[0], found[1]


@pytest.mark.usefixtures("send")
def test_killed_at_any_point_it_mails_once(mailing: Mailing, resend: Resend, owner: Person) -> None:
    world = mailing.world
    # In as many organizations: of several keys of one, people are told by one mail.
    keys = [world.key(owner, world.organization(owner), ["profile:read"]) for _ in range(MAILS)]
    through, draw = by_resend(mailing, resend), random.Random(7)  # noqa: S311 - no secret
    kills = 0
    # Until somebody was caught between sending and noting it, or this would show nothing.
    while kills < KILLS or not (doubted_and_sent(world, owner)[0] or kills == MOST_KILLS):
        run_and_kill(through, draw.uniform(0, 0.08 if kills < KILLS else 0.5))
        kills += 1
    world.run("update private.jobs set run_at = now() where status = 'waiting'")
    drain(through.door, WORKS, time.monotonic() + 60)
    doubted, sent = doubted_and_sent(world, owner)
    assert doubted > 0
    assert sent == MAILS
    told = Counter(key.lookup for key in keys for mail in resend.sent if key.lookup in mail["text"])
    assert told == {key.lookup: 1 for key in keys}
    assert {mail["to"][0] for mail in resend.sent} == {address_of(owner)}
