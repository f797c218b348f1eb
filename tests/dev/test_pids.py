import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev import pids, processes, watchdog
from dev.folder import Folder
from dev.pids import Note

Sleeper = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    started: list[subprocess.Popen[bytes]] = []

    def start(word: str) -> subprocess.Popen[bytes]:
        program = "import sys, time; print(flush=True); time.sleep(60)"
        process = subprocess.Popen([sys.executable, "-c", program, word], process_group=0, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout
        process.stdout.read(1)  # it has become Python
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_what_outlived_its_starter_is_ended_and_named(folder: Folder, sleeper: Sleeper) -> None:
    left = sleeper("stack-part-7")
    pids.write(folder, [Note("stack", os.getpid()), Note("postgrest", left.pid, "stack-part-7")])
    assert pids.parts(folder) == {"postgrest": left.pid}
    assert pids.end_leftovers(folder) == ["postgrest"]
    assert left.wait(5) == -signal.SIGTERM
    assert not folder.pids.exists()


def test_a_number_that_went_to_another_program_is_left_alone(folder: Folder, sleeper: Sleeper) -> None:
    stranger = sleeper("something-else")
    pids.write(folder, [Note("stack", os.getpid()), Note("postgrest", stranger.pid, "stack-part-7")])
    assert pids.end_leftovers(folder) == []
    assert stranger.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '[{"pid": 1}]', "null"])
def test_a_broken_file_holds_nothing(folder: Folder, text: str) -> None:
    folder.pids.write_text(text)
    assert pids.starter(folder) is None
    assert pids.end_leftovers(folder) == []


def test_a_zombie_counts_as_gone(sleeper: Sleeper) -> None:
    process = sleeper("short")
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and not yet reaped
    assert processes.find(process.pid) is None


def test_the_table_holds_ourselves() -> None:
    ours = processes.find(os.getpid())
    assert ours is not None
    assert "python" in ours.command
    assert ours.group == os.getpgrp()


def test_a_watchdog_ends_what_a_killed_test_run_has_left(folder: Folder, sleeper: Sleeper) -> None:
    left = sleeper("stack-part-8")
    pids.write(folder, [Note("stack", 1), Note("postgres", left.pid, "stack-part-8", int(signal.SIGINT))])
    data = folder.root / "postgres"
    data.mkdir()
    watchdog.release(watchdog.start(folder))
    assert left.wait(5) != 0
    assert not data.exists()


def test_a_watchdog_does_nothing_after_an_orderly_end(folder: Folder) -> None:
    data = folder.root / "postgres"
    data.mkdir()
    watchdog.release(watchdog.start(folder))
    assert data.exists()
