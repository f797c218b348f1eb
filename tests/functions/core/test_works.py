from functions.billing.works import WORKS as BILLING
from functions.core.works import WORKS
from shared.gate import Door
from shared.work import Job, Task, pruning
from tests.functions.core.conftest import Send
from tests.world import World

JOB = "update private.jobs set token = gen_random_uuid() where id = %s returning token::text"
LEFT = "select count(*) from private.sign_ups where network = '192.0.2.99'"
OLD = (
    "insert into private.sign_ups (network, created_at)"
    " select '192.0.2.99', now() - n * interval '1 day' from generate_series(1, 5) as n"
)


def test_every_schedule_has_its_work(world: World) -> None:
    kinds = world.connection.execute("select kind from private.schedules").fetchall()
    assert {kind for (kind,) in kinds} - WORKS.keys() - BILLING.keys() == set()


def test_every_work_that_prunes_finds_its_function(world: World, door: Door, send: Send) -> None:
    for kind in ("core.prune", "errors.prune", "jobs.prune", "mail.prune"):
        WORKS[kind](leased(world, door, send, has_time=True))


def leased(world: World, door: Door, send: Send, *, has_time: bool) -> Task:
    number = send("core.prune")
    return Task(door, Job(number, "core.prune", {}, world.value(JOB, number), 1), lambda: has_time)


def test_pruning_goes_on_until_no_kind_fills_a_call(world: World, door: Door, send: Send) -> None:
    world.run(OLD)
    pruning("jobs_prune", most=2)(leased(world, door, send, has_time=True))
    assert world.value(LEFT) == 0


def test_pruning_leaves_the_rest_to_the_next_run_when_its_time_is_up(world: World, door: Door, send: Send) -> None:
    world.run(OLD)
    try:
        pruning("jobs_prune", most=2)(leased(world, door, send, has_time=False))
        assert world.value(LEFT) == 3
    finally:
        world.run("delete from private.sign_ups where network = '192.0.2.99'")
