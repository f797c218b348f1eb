"""The memory that all processes share: Redis, or what speaks as it does. Imports redis only where it is set."""

import importlib
import json
from typing import Any

from shared.cache_keys import Key
from shared.config import Misconfigured
from shared.memory import Entry
from shared.values import Secret

CONNECT_SECONDS = 0.2
ANSWER_SECONDS = 0.1
# The field of a place that says when it was last forgotten. Longer than any load, whatever it loads.
GONE = "gone"
GONE_SECONDS = 600


class Distant:
    """Entries in Redis: a hash for each kind and owner, so that all of it is forgotten at once.

    What was read from the database before something was forgotten is not believed, whenever it arrives here. Raises
    whatever ails Redis; its cache carries on without.
    """

    def __init__(self, url: Secret, name: str) -> None:
        """Connect to nothing yet; raises Misconfigured where the package is missing. `name` is this deployment's."""
        try:
            redis = importlib.import_module("redis")
        except ModuleNotFoundError as missing:
            raise Misconfigured("REDIS_URL is set, but the package redis is not installed") from missing
        self._name = name
        self._redis: Any = redis.Redis.from_url(
            url.reveal(),
            decode_responses=True,
            # Every server speaks this one, those that know no HELLO too.
            protocol=2,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
        )

    def get(self, key: Key, now: float) -> Entry | None:
        """Return what is kept and still good."""
        gone, kept = self._redis.hmget(self._place(key.place), [GONE, self._field(key)])
        if kept is None:
            return None
        began, until, text = kept.split(" ", 2)
        json.loads(text)
        entry = Entry(text, float(began), float(until))
        return entry if entry.began > float(gone or 0) and now < entry.until else None

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry."""
        place = self._place(key.place)
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(place, self._field(key), f"{entry.began!r} {entry.until!r} {entry.text}")
            pipeline.expire(place, key.seconds + GONE_SECONDS)
            pipeline.execute()

    def forget(self, place: str, now: float) -> None:
        """Forget every entry of a kind and owner, and those that are still on their way."""
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(self._place(place))
            pipeline.hset(self._place(place), GONE, repr(now))
            pipeline.expire(self._place(place), GONE_SECONDS)
            pipeline.execute()

    def _place(self, place: str) -> str:
        return f"mainstay:{self._name}:{place}"

    def _field(self, key: Key) -> str:
        return f"entry:{key.rest}"
