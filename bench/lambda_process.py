"""One cold start: a fresh interpreter with the real runtime client, from its start to the first answer it posts."""

import compileall
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from bench.runtime_api import Answered, Failed, RuntimeApi

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / "build" / "bench"
# Lambda's image brings the runtime client; a function's zip does not hold it.
RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
SECONDS = 30.0


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process to the end of imports and to the first answer; that answer; the log."""

    imported: float
    answered: float
    answer: Any
    log: str


@dataclass(frozen=True)
class Machine:
    """What every process gets alike: the folder with the runtime client, and an environment."""

    runtime: Path
    environment: dict[str, str]

    def start(self, handler: str, event: dict[str, Any]) -> Start:
        """Start a handler cold, hand it the event and end it; raises Failed with what it said."""
        side = "usual" if handler.startswith("bench.") else "ours"
        command = [str(INSTALLED / side / "bin" / "python"), "-m", "awslambdaric", f"{handler}.handler"]
        with RuntimeApi(event) as api:
            environment = self.environment | {
                "AWS_LAMBDA_RUNTIME_API": api.address,
                "PYTHONPATH": str(self.runtime),
            }
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            try:
                told: Answered | Failed = api.wait(SECONDS)
            except Failed as failure:
                told = failure
            finally:
                process.kill()
                log = process.communicate()[0]
        if isinstance(told, Failed):
            raise Failed(f"{handler}: {told}\n{log}") from told
        return Start(told.asked_at - started, told.answered_at - started, told.answer, log)


def prepare(runtime: Path) -> None:
    """Copy the runtime client into a folder, and write bytecode for everything, as deployments ship it."""
    for side in ("ours", "usual"):
        if not (INSTALLED / side).is_dir():
            sys.exit("bench: build/bench is not installed; `make bench` does it")
    try:
        for name in RUNTIME:
            copy_package(name, runtime)
    except PackageNotFoundError:
        sys.exit("bench: the Lambda runtime client exists for Linux only")
    for folder in (ROOT / "functions", ROOT / "shared", ROOT / "bench" / "usual", INSTALLED, runtime):
        compileall.compile_dir(folder, quiet=2, maxlevels=20)


def copy_package(name: str, folder: Path) -> None:
    """Copy the files of an installed distribution."""
    for file in distribution(name).files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), folder / file)
