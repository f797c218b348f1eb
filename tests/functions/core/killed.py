"""A worker that is killed: a work that writes what it did to the database, and the process that runs it."""

import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial

import psycopg

from shared import worker
from shared.gate import Door
from shared.work import Task
from shared.worker import drain

EFFECTS = "create table private.test_effects (job bigint primary key, began integer not null default 0, done boolean)"
BEGIN = (
    "insert into private.test_effects as e (job, began) values (%s, 1)"
    " on conflict (job) do update set began = e.began + 1"
)


def work(connection: psycopg.Connection, dawdle: Callable[[], float], task: Task) -> None:
    """Note that it began, dawdle, and have an effect that a second time does not have again."""
    connection.execute(BEGIN, [task.job.id])
    time.sleep(dawdle())
    connection.execute("update private.test_effects set done = true where job = %s", [task.job.id])


def run_and_kill(door: Callable[[], Door], dsn: str, after: float) -> None:
    """Fork a worker and end it without warning, so many seconds after it began."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            worker.LEASE_SECONDS = 1
            with psycopg.connect(dsn, autocommit=True) as connection:
                os.write(tell, b".")
                dawdle = partial(random.uniform, 0, 0.004)
                drain(door(), {"test.effect": partial(work, connection, dawdle)}, time.monotonic() + 60)
        finally:
            os._exit(0)
    os.read(told, 1)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(told)
    os.close(tell)
