"""The one event loop of these tests. Mangum takes the loop it finds at import and keeps it, as in a Lambda."""

import asyncio
import atexit

LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)
atexit.register(LOOP.close)
