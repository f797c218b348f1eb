import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dev.folder import Folder
from dev.trouble import Trouble


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "a stack")
    made.prepare()
    return made


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_reads_what_is_written(folder: Folder) -> None:
    folder.write(folder.keyring, "secret")
    assert mode(folder.keyring) == 0o600
    assert mode(folder.root) == 0o700


def test_a_file_that_was_open_to_others_is_closed(folder: Folder) -> None:
    folder.env.touch(0o644)
    folder.write(folder.env, "secret")
    assert mode(folder.env) == 0o600


def test_a_folder_is_for_one_start_at_a_time(folder: Folder) -> None:
    first = folder.lock()
    assert first is not None
    assert folder.lock() is None
    first.close()
    again = folder.lock()
    assert again is not None
    again.close()


def test_a_full_disk_is_said_before_anything_is_written(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 999_999_999))
    with pytest.raises(Trouble, match="Less than 1 GB is free"):
        folder.prepare()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_said_with_the_command_that_mends_it(folder: Folder) -> None:
    folder.root.chmod(0o500)
    with pytest.raises(Trouble, match="sudo chown -R"):
        Folder(folder.root / "inside").prepare()
    folder.root.chmod(0o700)
