"""`run`: the stack for as long as this process lives."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dev.stack import Stack
from dev.summary import describe

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, `make down`, a closed terminal."""


def run(stack: Stack) -> None:
    """Start, tell, watch, and stop everything when asked or when a part ends by itself."""
    with _stoppable():
        try:
            with stack:
                stack.say(describe(stack.environment(), stack.folder.root))
                stack.say("Stop with Ctrl-C.")
                while True:
                    time.sleep(0.3)
                    stack.require_alive()
        except Stopped:
            _tell_quietly(stack, "Stopped.")


def _tell_quietly(stack: Stack, line: str) -> None:
    try:
        stack.say(line)
    except OSError:  # the terminal is gone
        return


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the first signal into Stopped; later ones must not interrupt the stopping."""

    def stop(_: int, __: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {each: signal.signal(each, stop) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
