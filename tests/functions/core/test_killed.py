import random
import time

from dev.stack import Stack
from shared.gate import Door
from shared.work import Task
from shared.worker import drain
from tests.functions.core.conftest import VISIT, Send
from tests.functions.core.killed import EFFECTS, run_and_kill
from tests.world import World

JOBS = 500
KILLS = 200
FINISH = (
    "insert into private.test_effects (job, began, done) values (%s, 1, true)"
    " on conflict (job) do update set began = private.test_effects.began + 1, done = true"
)


def test_a_worker_killed_at_any_point_loses_nothing(world: World, door: Door, send: Send, stack: Stack) -> None:
    sent = [send("test.effect") for _ in range(JOBS)]
    world.run(EFFECTS)
    draw = random.Random(7)  # noqa: S311 - no secret
    for _ in range(KILLS):
        run_and_kill(lambda: Door(door.settings, VISIT), stack.database_url(), draw.uniform(0, 0.03))
    caught = world.value("select count(*) from private.jobs where status = 'waiting' and attempts > 0")
    repeated = world.value("select count(*) from private.test_effects where began > 1")
    world.run("update private.jobs set run_at = now() where status = 'waiting'")

    def finish(task: Task) -> None:
        world.run(FINISH, task.job.id)

    drain(door, {"test.effect": finish}, time.monotonic() + 60)
    ends = world.connection.execute("select status, count(*) from private.jobs where id = any(%s) group by 1", [sent])
    assert ends.fetchall() == [("done", JOBS)]
    assert world.value("select count(*) from private.test_effects where done") == JOBS
    # The kills caught somebody at work, or this would have shown nothing.
    assert caught + repeated > KILLS / 10
    world.run("drop table private.test_effects")
