"""The one event loop of these tests. Mangum takes the loop it finds at import and keeps it, as in a Lambda."""

import asyncio
import atexit
import warnings

with warnings.catch_warnings():
    # A function imported before this has made one already; dropping that unclosed would be a warning of its own.
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        LOOP = asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)
atexit.register(LOOP.close)
