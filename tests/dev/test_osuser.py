import os
import pwd
from pathlib import Path

import pytest

from dev.osuser import OsUser, choose

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses another user")
NOBODY = pwd.getpwnam("nobody")


@pytest.mark.skipif(os.geteuid() == 0, reason="root does not run Postgres itself")
def test_an_ordinary_user_runs_postgres_itself(tmp_path: Path) -> None:
    assert choose([], tmp_path) == OsUser(os.geteuid(), os.getegid())


@AS_ROOT
def test_the_owner_of_existing_data_is_the_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "daemon")
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    assert choose([tmp_path], tmp_path.parent).uid == NOBODY.pw_uid


@AS_ROOT
def test_who_called_sudo_comes_before_the_owner_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    monkeypatch.setenv("SUDO_USER", "daemon")
    assert choose([], tmp_path).uid == pwd.getpwnam("daemon").pw_uid
    monkeypatch.delenv("SUDO_USER")
    assert choose([], tmp_path).uid == NOBODY.pw_uid


@AS_ROOT
@pytest.mark.parametrize("caller", ["root", "no-such-user", ""])
def test_root_and_unknown_users_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caller: str) -> None:
    monkeypatch.setenv("SUDO_USER", caller)
    assert choose([], tmp_path).uid != 0


@AS_ROOT
def test_whether_a_folder_can_be_entered_is_tried(tmp_path: Path) -> None:
    nobody = OsUser(NOBODY.pw_uid, NOBODY.pw_gid)
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    assert not nobody.may_enter(closed)
    assert nobody.may_enter(Path("/"))
