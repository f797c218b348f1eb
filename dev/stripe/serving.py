"""A double of this process on a port: tests hold the double itself, and everybody else reaches it by HTTP."""

import contextlib
import threading
import time
from collections.abc import Iterator

import uvicorn

from dev.ports import free_block
from dev.stripe.app import build
from dev.stripe.connections import Cuttable
from dev.stripe.double import Double
from dev.trouble import Trouble

PATIENCE = 10.0


def server(double: Double, port: int, *, delivers: bool) -> uvicorn.Server:
    """Return a server that is not started yet."""
    app = build(double, delivers=delivers)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            http=Cuttable,
            access_log=False,
            server_header=False,
            log_level="warning",
        )
    )


@contextlib.contextmanager
def served(double: Double, *, delivers: bool = False) -> Iterator[str]:
    """Serve it for one `with` block and return its address, which its pages are told.

    With `delivers` webhooks go out by themselves; without, the test flushes them.
    """
    port = free_block(1)
    double.account.settings.url = f"http://127.0.0.1:{port}"
    running = server(double, port, delivers=delivers)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    try:
        while not running.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise Trouble(f"The double of Stripe does not answer on port {port}.")
            time.sleep(0.005)
        yield double.account.settings.url
    finally:
        running.should_exit = True
        thread.join()
