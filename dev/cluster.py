"""Where a stack's Postgres lies: its programs and its data, where the user that runs it can reach them."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from dev import packages
from dev.folder import Folder
from dev.osuser import OsUser, choose

# Not /tmp, which is cleaned behind one's back.
ELSEWHERE = Path("/var/lib/mainstay")


@dataclass(frozen=True)
class Cluster:
    """Programs, data and the user for both."""

    native: Path
    data: Path
    user: OsUser

    def program(self, name: str) -> Path:
        """Return one of initdb, pg_ctl and postgres."""
        return self.native / "bin" / name

    def remove_data(self) -> None:
        """Delete the data of this stack, and of no other."""
        delete(self.data)

    def make_room(self) -> None:
        """Make an empty data directory that only its user reads."""
        self.remove_data()
        self.data.mkdir(parents=True)
        self.data.chmod(0o700)
        if self.user.is_other:
            os.chown(self.data, self.user.uid, self.user.gid)


def places(folder: Folder) -> list[Path]:
    """Return where this folder's data may lie: inside, or keyed by the folder so that no two stacks share it."""
    key = hashlib.sha256(str(folder.root.resolve()).encode()).hexdigest()[:16]
    return [folder.root / "postgres", ELSEWHERE / key]


def delete(data: Path) -> None:
    """Delete one data directory; one that is not there is no trouble."""
    shutil.rmtree(data, ignore_errors=True)


def locate(folder: Folder) -> Cluster:
    """Decide the user, then programs and data apart from each other."""
    inside, elsewhere = places(folder)
    user = choose([place for place in (inside, elsewhere) if place.exists()], packages.CHECKOUT)
    native = packages.native_postgres()
    if user.is_other and not user.succeeds([str(native / "bin" / "postgres"), "--version"]):
        native = _copied(native)
    if elsewhere.exists() or not _reachable(folder, user):
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o755)
        return Cluster(native, elsewhere, user)
    return Cluster(native, inside, user)


def _reachable(folder: Folder, user: OsUser) -> bool:
    if not user.is_other:
        return True
    folder.root.chmod(0o711)
    if user.may_enter(folder.root):
        return True
    folder.root.chmod(0o700)
    return False


def _copied(native: Path) -> Path:
    """Copy the programs to where everyone may read them; a tight umask may have closed npm's files."""
    copy = ELSEWHERE / f"postgres-{packages.version(native.parent)}"
    if copy.exists():
        return copy
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(native, draft, symlinks=True)
    ELSEWHERE.chmod(0o755)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(draft)
    return copy
