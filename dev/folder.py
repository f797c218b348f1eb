"""The folder of one stack: what lies where, readable by its owner only."""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dev.trouble import Trouble

ROOM = 1_000_000_000  # a fresh cluster, its write-ahead log and a test run's databases fit in half of this


@dataclass(frozen=True)
class Folder:
    """`.local` for `make dev`, a temporary folder for tests."""

    root: Path

    @property
    def env(self) -> Path:
        """Addresses and keys in shell syntax."""
        return self.root / "env"

    @property
    def keyring(self) -> Path:
        """Every secret of this stack."""
        return self.root / "secrets.json"

    @property
    def pids(self) -> Path:
        """What runs, for the next start and for `make down`."""
        return self.root / "pids"

    @property
    def ready(self) -> Path:
        """Exists while the stack answers; holds its first port."""
        return self.root / "ready"

    @property
    def made(self) -> Path:
        """Written when the cluster is complete; data without it is begun anew."""
        return self.root / "postgres.made"

    @property
    def seeded(self) -> Path:
        """Written when the seed has been applied."""
        return self.root / "seeded"

    @property
    def applied(self) -> Path:
        """The digest of each migration as it was applied."""
        return self.root / "migrations.json"

    @property
    def warned(self) -> Path:
        """Written when a migration granted nothing; only `make reset` removes it."""
        return self.root / "migrations.warned"

    def log(self, name: str) -> Path:
        """Return where one part writes what it has to say."""
        return self.root / "logs" / f"{name}.log"

    def prepare(self) -> None:
        """Make the folder, or say why it cannot be used."""
        try:
            for path in (self.root, self.root / "logs", self.root / "parts"):
                path.mkdir(parents=True, exist_ok=True)
                path.chmod(0o711 if path == self.root and _holds_foreign_data(self.root) else 0o700)
            self.write(self.root / "parts" / "writable", "")
        except PermissionError as refused:
            user = os.environ.get("USER") or os.geteuid()
            raise Trouble(f"{refused.filename or self.root} is not yours: sudo chown -R {user} '{self.root}'") from None
        if shutil.disk_usage(self.root).free < ROOM:
            raise Trouble(f"Less than 1 GB is free on the disk of {self.root}: make room and start again.")

    def write(self, path: Path, text: str) -> None:
        """Write a file whole, readable by its owner only."""
        draft = path.with_name(path.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        draft.chmod(0o600)
        draft.replace(path)

    def lock(self) -> IO[str] | None:
        """Take the folder for this process until the file is closed or the process ends, or return None."""
        file = os.fdopen(os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file


def _holds_foreign_data(root: Path) -> bool:
    """Whether the database server's own OS user must pass through."""
    data = root / "postgres"
    return data.exists() and data.stat().st_uid != os.geteuid()
