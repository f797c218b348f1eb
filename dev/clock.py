"""The schedule that starts the jobs functions: each minute in production, here every ten seconds."""

import sys
import time
from collections.abc import Mapping

from dev import surroundings
from dev.children import Child, Children
from dev.packages import CHECKOUT
from shared import config
from shared.hints import hint

EVERY_SECONDS = 10.0


def start(children: Children, env: Mapping[str, str]) -> Child:
    """Start ticking, with the environment of a function that may send hints."""
    args = [sys.executable, "-m", "dev.clock"]
    return children.start("clock", args, env=surroundings.clean(**env), word="dev.clock", cwd=CHECKOUT)


def main() -> None:
    """Tick until stopped."""
    settings = config.settings()
    while True:
        for module in ("billing", "core"):
            hint(settings, module)
        time.sleep(EVERY_SECONDS)


if __name__ == "__main__":
    main()
