"""Ends what a fleeting stack has started when its starter dies: a killed test run leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

from dev import cluster, pids, surroundings
from dev.folder import Folder
from dev.packages import CHECKOUT


def start(folder: Folder) -> subprocess.Popen[bytes]:
    """Start it. It sleeps until the other end of its standard input is closed, by us or by our death."""
    return subprocess.Popen(
        [sys.executable, "-m", "dev.watchdog", str(folder.root)],
        stdin=subprocess.PIPE,
        env=surroundings.clean(),
        cwd=CHECKOUT,
        start_new_session=True,
    )


def release(dog: subprocess.Popen[bytes]) -> None:
    """Let it go, once there is nothing left to end."""
    if dog.stdin:
        dog.stdin.close()
    dog.wait()


def main(folder: Folder) -> None:
    """Wait for the end, then clear up if nobody has."""
    sys.stdin.buffer.read()
    if folder.pids.exists():
        pids.end_leftovers(folder)
        for place in cluster.places(folder):
            cluster.delete(place)


if __name__ == "__main__":
    main(Folder(Path(sys.argv[1])))
