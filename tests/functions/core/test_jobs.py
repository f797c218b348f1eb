import time
from typing import Any

import pytest

from functions.core import jobs
from shared import hints
from shared.errors import Unavailable
from shared.gate import Door
from shared.work import Hopeless, LeaseLost, Task
from shared.worker import Queue, drain
from tests.functions.core.conftest import Send
from tests.shared.asgi import ask
from tests.world import World


class Context:
    """What Lambda tells of an invocation."""

    aws_request_id = "0b6c1a52-6a1f-4c5c-9b8e-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


WAIT = "select extract(epoch from run_at - now()) from private.jobs where id = %s"
NEXT = "select extract(epoch from next_run_at - now()) from private.schedules where name = 'test'"
TICK = "insert into private.schedules (name, cron, kind) values ('test', '*/5 * * * *', 'test.tick')"


def status(world: World, job: int) -> tuple[Any, ...]:
    found = world.connection.execute("select status, attempts, last_error from private.jobs where id = %s", [job])
    row = found.fetchone()
    assert row
    return tuple(row)


def soon() -> float:
    return time.monotonic() + 30


def test_jobs_are_done_in_turn_and_once(world: World, door: Door, send: Send) -> None:
    sent = [send("test.note", number=number) for number in range(3)]
    done: list[Any] = []
    drained = drain(door, {"test.note": lambda task: done.append(task.job.payload["number"])}, soon())
    assert (done, drained.done, drained.left) == ([0, 1, 2], 3, False)
    assert {status(world, job) for job in sent} == {("done", 1, None)}
    assert drain(door, {}, soon()).done == 0


def test_what_fails_is_tried_again_later_and_in_the_end_left(world: World, door: Door, send: Send) -> None:
    job = send("test.fail")

    def fail(_: Task) -> None:
        raise Unavailable(cause="away")

    waits = []
    for _ in range(12):
        world.run("update private.jobs set run_at = now() where id = %s", job)
        drain(door, {"test.fail": fail}, soon())
        waits.append(float(world.value(WAIT, job)))
    assert status(world, job) == ("dead", 12, "UNAVAILABLE: away")
    assert 4 < waits[0] < 16
    assert 1700 < waits[-2] < 5500


def test_what_is_hopeless_or_unknown_is_dead_at_once(world: World, door: Door, send: Send) -> None:
    hopeless, unknown, broken = send("test.hopeless"), send("test.unknown"), send("test.broken")

    def give_up(_: Task) -> None:
        raise Hopeless("no such address")

    def fall(_: Task) -> None:
        raise RuntimeError("secret of nobody's concern")

    drained = drain(door, {"test.hopeless": give_up, "test.broken": fall}, soon())
    assert (drained.dead, drained.waiting) == (2, 1)
    assert status(world, hopeless) == ("dead", 1, "no such address")
    assert status(world, unknown) == ("dead", 1, "no work of this kind")
    assert status(world, broken) == ("waiting", 1, "RuntimeError")


def test_who_lost_a_lease_neither_finishes_nor_fails_the_job(world: World, door: Door, send: Send) -> None:
    job = send("test.slow")

    def lose(task: Task) -> None:
        world.run("update private.jobs set token = gen_random_uuid() where id = %s", job)
        with pytest.raises(LeaseLost):
            task.extend(10)

    assert drain(door, {"test.slow": lose}, soon()).lost == 1
    assert status(world, job)[0] == "waiting"


def test_it_stops_before_its_time_is_up(door: Door, send: Send) -> None:
    for _ in range(3):
        send("test.note")
    now = [0.0]

    def take_long(_: Task) -> None:
        now[0] += 6

    drained = drain(door, {"test.note": take_long}, until=15, clock=lambda: now[0])
    assert (drained.done, drained.left) == (2, True)


def test_a_job_whose_worker_falls_each_time_is_dead_in_the_end(world: World, door: Door, send: Send) -> None:
    job = send("test.poison")
    world.run("update private.jobs set attempts = 12 where id = %s", job)
    assert drain(door, {}, soon()).done == 0
    assert status(world, job) == ("dead", 12, "its worker fell each time")


def test_of_two_jobs_with_one_key_one_waits(world: World, send: Send) -> None:
    send("test.note")
    statement = "select private.send_job('test.note', '{}', 'once')"
    assert [world.value(statement) is None for _ in range(2)] == [False, True]
    world.run("update private.jobs set status = 'done', finished_at = now() where dedupe_key = 'once'")
    assert world.value(statement) is not None


@pytest.mark.usefixtures("send")
def test_a_schedule_is_sent_once_and_moves_on(world: World, door: Door) -> None:
    world.run(TICK)
    try:
        ticks: list[int] = []
        works = {"test.tick": lambda task: ticks.append(task.job.id)}
        runs = [drain(door, works, soon()) for _ in range(2)]
        assert ([run.scheduled for run in runs], len(ticks)) == ([1, 0], 1)
        assert 0 < world.value(NEXT) <= 300
        world.run("update private.schedules set cron = 'x x x x x', next_run_at = now() where name = 'test'")
        assert drain(door, works, soon()).scheduled == 0
    finally:
        world.run("delete from private.schedules where name = 'test'")


def test_only_our_own_functions_start_it(door: Door) -> None:
    now = time.time()
    for moment in (now, now - 59):
        hints.verify(door.settings, hints.token(door.settings.jobs_secret.reveal(), moment))
    old, forged = hints.token(door.settings.jobs_secret.reveal(), now - 61), hints.token("x", now)
    for presented in (None, "", "x", "1.", old, forged, "²." + "0" * 64, f"{int(now)}.é", f"{int(now)}.{'é' * 64}"):
        headers = [("X-Jobs-Token", presented)] if presented else []
        assert ask(jobs.app, "POST", "/core/jobs/run", headers).status == 401


def test_a_hint_and_a_schedule_both_drain(world: World, door: Door, send: Send) -> None:
    pruned = send("core.prune")
    token = hints.token(door.settings.jobs_secret.reveal(), time.time())
    answer = ask(jobs.app, "POST", "/core/jobs/run", [("X-Jobs-Token", token)])
    assert (answer.json()["data"]["done"], status(world, pruned)[0]) == (1, "done")
    pruned = send("core.prune")
    assert jobs.handler({"source": "aws.events"}, Context())["done"] == 1
    assert status(world, pruned)[0] == "done"


def test_a_job_that_comes_due_in_a_moment_is_waited_for(world: World, door: Door, send: Send) -> None:
    soon_due, later = send("test.note", number=1), send("test.note", number=2)
    world.run("update private.jobs set run_at = now() + interval '1 second' where id = %s", soon_due)
    world.run("update private.jobs set run_at = now() + interval '1 minute' where id = %s", later)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        world.run("update private.jobs set run_at = now() where id = %s", soon_due)

    done: list[Any] = []
    works = {"test.note": lambda task: done.append(task.job.payload["number"])}
    assert drain(door, works, soon(), pause=pause).done == 1
    assert (done, len(pauses), 0.5 < pauses[0] <= 1) == ([1], 1, True)


def test_what_somebody_is_at_work_on_is_not_waited_for(world: World, door: Door, send: Send) -> None:
    leased = send("test.note")
    statement = "update private.jobs set token = gen_random_uuid(), run_at = now() + interval '1 second' where id = %s"
    world.run(statement, leased)
    assert drain(door, {}, soon(), pause=lambda _: pytest.fail("it waited")).done == 0


def test_each_module_does_its_own_jobs_alone(world: World, door: Door, send: Send) -> None:
    ours, theirs = send("test.note"), send("billing.note")
    works = {"test.note": lambda _: None, "billing.note": lambda _: None}
    assert drain(door, works, soon()).done == 1
    assert (status(world, ours)[0], status(world, theirs)[0]) == ("done", "waiting")
    assert drain(door, works, soon(), queue=Queue("billing.%", "")).done == 1
    assert status(world, theirs)[0] == "done"


def test_a_work_may_put_its_job_back_itself(world: World, door: Door, send: Send) -> None:
    job = send("test.note")

    def put_back(_: Task) -> str:
        world.run("update private.jobs set token = null, run_at = now() + interval '1 hour' where id = %s", job)
        return "again"

    drained = drain(door, {"test.note": put_back}, soon())
    assert (drained.again, drained.done, drained.lost) == (1, 0, 0)
    assert status(world, job)[0] == "waiting"
