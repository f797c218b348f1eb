import asyncio

import pytest

from tests.functions.deployed import ask, deployed
from tests.shared.fixtures import environment, settings, upstream
from tests.shared.loop import LOOP

__all__ = ["ask", "deployed", "environment", "loop_of_lambda", "settings", "upstream"]


@pytest.fixture(autouse=True)
def loop_of_lambda() -> None:
    """Put back the loop that Mangum expects: asyncio.run(), in whatever test ran before, takes it away."""
    asyncio.set_event_loop(LOOP)
