"""Which user of the machine runs Postgres: it refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dev.trouble import Trouble


@dataclass(frozen=True)
class OsUser:
    """A user that is not root."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether processes must change to it and files be given to it."""
        return self.uid != os.geteuid()

    def may_enter(self, folder: Path) -> bool:
        """Try it: modes do not tell of access lists, mounts and containers."""
        return self.succeeds(["/bin/sh", "-c", 'cd -- "$0"', str(folder)])

    def succeeds(self, args: list[str]) -> bool:
        """Run a program as this user and tell whether it ended well."""
        try:
            ran = subprocess.run(
                args,
                user=self.user,
                group=self.group,
                extra_groups=self.extra_groups,
                env={},
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
        return ran.returncode == 0

    @property
    def user(self) -> int | None:
        """What subprocess needs to become this user; nothing if it is us."""
        return self.uid if self.is_other else None

    @property
    def group(self) -> int | None:
        """As `user`."""
        return self.gid if self.is_other else None

    @property
    def extra_groups(self) -> list[int] | None:
        """As `user`: root's other groups are left behind."""
        return [] if self.is_other else None


def choose(data: list[Path], checkout: Path) -> OsUser:
    """Return the owner of existing data, else ourselves, else (as root) the first ordinary user that fits."""
    owners = [path.stat().st_uid for path in data if path.exists()]
    if os.geteuid() != 0:
        if owners and owners[0] != os.geteuid():
            raise Trouble(f"{data[0]} belongs to another user: sudo chown -R {os.geteuid()} '{data[0].parent}'")
        return OsUser(os.geteuid(), os.getegid())
    for candidate in [*owners, os.environ.get("SUDO_USER"), checkout.stat().st_uid, "postgres", "nobody"]:
        if candidate and (known := _known(candidate)):
            return OsUser(known.pw_uid, known.pw_gid)
    raise Trouble("Postgres does not run as root, and this machine has no other user: useradd postgres")


def _known(candidate: int | str) -> pwd.struct_passwd | None:
    try:
        known = pwd.getpwuid(candidate) if isinstance(candidate, int) else pwd.getpwnam(candidate)
    except KeyError:
        return None
    return known if known.pw_uid != 0 else None
