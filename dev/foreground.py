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
    """Start, tell, watch, and stop everything when asked. A part that ends by itself is told of; the rest goes on."""
    with _stoppable():
        try:
            with stack:
                stack.say(describe(stack.environment(), stack.folder.root))
                stack.say("Stop with Ctrl-C.")
                _watch(stack)
            _tell_quietly(stack, f"{stack.folder.root} was deleted: stopped.")
        except Stopped:
            _tell_quietly(stack, "Stopped.")


def _watch(stack: Stack) -> None:
    """Say of each part that ended that it did: without a database, functions must still answer that there is none.

    Returns when the stack's folder was deleted under it: nobody could stop it any more.
    """
    told: set[str] = set()
    while stack.folder.ready.exists():
        time.sleep(0.3)
        for child in stack.children.running:
            if child.process.poll() is not None and child.name not in told:
                told.add(child.name)
                _tell_quietly(
                    stack,
                    f"{child.name} stopped by itself (its log: {child.log}). The rest goes on; start anew for all.",
                )


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
