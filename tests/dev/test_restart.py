"""A stack with data that lasts: started in the background, killed, started again."""

import json
import os
import signal
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from dev import envfile, pids, ports, processes
from dev.folder import Folder
from tests.dev.test_commands import assert_sentence, dev


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    made = Folder(tmp_path_factory.mktemp("a durable stack"))
    assert dev("up", *where(made), MAINSTAY_PORT=str(ports.free_block())).returncode == 0
    yield made
    dev("reset", "--yes", *where(made))


def where(folder: Folder) -> tuple[str, str]:
    return ("--folder", str(folder.root))


def settings(folder: Folder) -> dict[str, str]:
    return envfile.parse(folder.env.read_text())


def up_again(folder: Folder) -> str:
    ran = dev("up", *where(folder), MAINSTAY_PORT=settings(folder)["SUPABASE_URL"].rpartition(":")[2])
    assert ran.returncode == 0, ran.stderr
    assert httpx.get(f"{settings(folder)['FUNCTIONS_URL']}/core/health").json()["data"]["status"] == "healthy"
    return ran.stdout


def people(folder: Folder) -> int:
    with psycopg.connect(settings(folder)["DATABASE_URL"]) as connection:
        row = connection.execute("select count(*) from auth.users").fetchone()
    assert row
    return int(row[0])


def kill(numbers: list[int]) -> None:
    for number in numbers:
        os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(processes.find(number) for number in numbers):
        assert time.monotonic() < deadline


def test_leftovers_of_a_killed_start_are_ended_and_the_data_is_kept(folder: Folder) -> None:
    before = people(folder)
    starter = pids.starter(folder)
    assert starter
    kill([starter])
    said = up_again(folder)
    assert "ended what an earlier start left behind: " in said
    assert "postgres" in said.split("left behind: ")[1].splitlines()[0]
    assert people(folder) == before


def test_a_stack_that_was_killed_whole_comes_back_with_its_data(folder: Folder) -> None:
    before = people(folder)
    kill([note.pid for note in pids.read(folder)])
    up_again(folder)
    assert people(folder) == before


def test_a_part_that_dies_is_named_and_the_rest_goes_on(folder: Folder) -> None:
    kill([pids.parts(folder)["postgres"]])
    health = f"{settings(folder)['FUNCTIONS_URL']}/core/health"
    deadline = time.monotonic() + 10
    while httpx.get(health).status_code != 503 or "postgres stopped by itself" not in folder.log("stack").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    ran = dev("status", *where(folder))
    assert_sentence(ran, "Stopped by itself: postgres")
    assert "ready" not in ran.stdout
    told = dev("status", "--json", *where(folder))
    assert (told.returncode, json.loads(told.stdout)["ready"]) == (1, False)
    assert dev("down", *where(folder)).returncode == 0
    up_again(folder)


def test_a_unit_that_dies_is_named(folder: Folder) -> None:
    assert dev("status", *where(folder)).returncode == 0
    for member in next(each for each in pids.read(folder) if each.name == "functions-core").members():
        kill([member.pid])
    assert_sentence(dev("status", *where(folder)), "Stopped by itself: functions-core")
    assert dev("down", *where(folder)).returncode == 0
    up_again(folder)


def test_a_first_start_that_was_cut_short_begins_anew(folder: Folder) -> None:
    dev("down", *where(folder))
    folder.made.unlink()
    up_again(folder)
    assert folder.made.exists()


def test_data_of_one_auth_is_not_given_to_the_other(folder: Folder) -> None:
    dev("down", *where(folder))
    ran = dev("run", *where(folder), MAINSTAY_PORT=str(ports.free_block()), AUTH_BINARY="/bin/true")
    assert_sentence(ran, "was made with lite's Auth")
    up_again(folder)
