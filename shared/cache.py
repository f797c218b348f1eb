"""The cache: remembers answers for as long as cache_keys.py says. What it does not know, or fails to tell, it loads."""

import hashlib
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeAlias, TypeVar

from shared import lookups
from shared.cache_keys import Key
from shared.config import Settings
from shared.distant import Distant
from shared.memory import MOST_ENTRIES, Entry, Memory

# How long to wait for somebody else's load of the same; then one loads oneself.
PATIENCE_SECONDS = 10.0
# How long a shared memory that failed is left alone.
REST_SECONDS = 5.0

T = TypeVar("T")
# What is being loaded: the value and, where it can be kept, its JSON text.
Load: TypeAlias = "Future[tuple[Any, str | None]]"
logger = logging.getLogger("mainstay")


class Cache:
    """A memory of this process and, where there is one, the one that all processes share."""

    def __init__(
        self, distant: Distant | None = None, *, most: int = MOST_ENTRIES, clock: Callable[[], float] = time.time
    ) -> None:
        """Remember nothing yet; `clock` tells seconds since 1970."""
        self._memory, self._distant, self._clock = Memory(most), distant, clock
        self._lock = threading.Lock()
        self._loads: dict[Key, Load] = {}
        self._rests_until = 0.0
        self._counts: Counter[str] = Counter()

    def through(self, key: Key, load: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        """Return what is kept under a key, or load it: JSON, once at a time for each key, as a copy of one's own.

        Raises what `load` raises, for all who waited for it, and keeps nothing of that. A cache that fails loads.
        """
        own: Load = Future()
        with self._lock:
            entry = self._memory.get(key, self._clock())
            present = own if entry else self._loads.setdefault(key, own)
            if entry or present is not own:
                self._count("hits" if entry else "waits")
        if entry is not None:
            return json.loads(entry.text)
        return self._land(key, own, load) if present is own else self._wait(present, load)

    def changing(self, write: Callable[[], T], *changed: Key) -> T:
        """Write, and then forget all entries of the kinds and owners of these keys; there is no other way to forget.

        So it is after the commit: whoever forgot before it would let somebody read, and keep, what was there before. A
        write that failed may have happened all the same, so it forgets too.
        """
        try:
            return write()
        finally:
            for place in {key.place for key in changed}:
                self._forget(place)

    def statistics(self) -> dict[str, float]:
        """Return how often it knew: hits here and afar, waits for another's load, loads, failures; and hit_rate."""
        with self._lock:
            counted = {name: self._counts[name] for name in ("hits", "distant_hits", "waits", "loads", "failures")}
            known = sum(counted[name] for name in ("hits", "distant_hits", "waits"))
            asked = known + counted["loads"]
            more = {"entries": len(self._memory), "evictions": self._memory.evicted}
            return {**counted, **more, "hit_rate": round(known / asked, 4) if asked else 0.0}

    def _wait(self, theirs: Load, load: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            value, text = theirs.result(PATIENCE_SECONDS)
        except TimeoutError:
            if theirs.done():
                raise
            return load()
        return value if text is None else json.loads(text)

    def _land(self, key: Key, own: Load, load: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            value, text = self._fetch(key, own, load)
        except BaseException as error:
            self._end(key, own)
            own.set_exception(error)
            raise
        own.set_result((value, text))
        return value

    def _fetch(self, key: Key, own: Load, load: Callable[[], Any]) -> tuple[Any, str | None]:
        began = self._clock()
        known = self._ask_distant(lambda distant: distant.get(key, began))
        if known is not None:
            self._end(key, own, known, "distant_hits")
            return json.loads(known.text), known.text
        value = load()
        entry = self._entry(key, value, began)
        if self._end(key, own, entry, "loads") and entry is not None:
            self._ask_distant(lambda distant: distant.put(key, entry))
        return value, entry.text if entry else None

    def _end(self, key: Key, own: Load, entry: Entry | None = None, counted: str = "loads") -> bool:
        """Keep what was fetched, unless it was forgotten meanwhile; tell whether it was not."""
        with self._lock:
            self._count(counted)
            current = self._loads.get(key) is own
            if current:
                del self._loads[key]
            if current and entry is not None:
                self._memory.put(key, entry)
            return current

    def _entry(self, key: Key, value: object, began: float) -> Entry | None:
        if value is None and not key.keeps_nothing:
            return None
        try:
            return Entry(json.dumps(value, allow_nan=False), began, began + key.seconds)
        except (TypeError, ValueError) as odd:
            self._fail(odd)
            return None

    def _forget(self, place: str) -> None:
        with self._lock:
            self._memory.forget(place)
            for key in [each for each in self._loads if each.place == place]:
                del self._loads[key]
        # Even while it rests: what stays there would be believed by others.
        self._ask_distant(lambda distant: distant.forget(place, self._clock()), rested=True)

    def _ask_distant(self, ask: Callable[[Distant], T], *, rested: bool = False) -> T | None:
        if self._distant is None or (self._clock() < self._rests_until and not rested):
            return None
        try:
            return ask(self._distant)
        except Exception as error:  # noqa: BLE001 - whatever ails it: a cache that fails is one that knows nothing
            self._rests_until = self._clock() + REST_SECONDS
            self._fail(error)
            return None

    def _count(self, what: str) -> None:
        self._counts[what] += 1
        lookups.note(known=what != "loads")

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._counts["failures"] += 1
        logger.warning("cache failed", extra={"fields": {"error": type(error).__name__}})


_caches: dict[tuple[str, str], Cache] = {}


def cache_of(settings: Settings) -> Cache:
    """Return this process's cache for a deployment; raises Misconfigured where it should be shared and cannot be."""
    url, project = settings.redis_url.reveal(), settings.supabase_url
    if (url, project) not in _caches:
        # Two projects that share a Redis share nothing in it.
        name = hashlib.sha256(project.encode()).hexdigest()[:12]
        _caches[url, project] = Cache(Distant(settings.redis_url, name) if url else None)
    return _caches[url, project]


def statistics() -> dict[str, float]:
    """Return how this process's cache has done so far; nothing where it has none."""
    return next((each.statistics() for each in _caches.values()), {})
