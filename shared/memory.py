"""What one process remembers: so many entries, of which the least used gives way. Its cache locks it."""

from collections import OrderedDict
from dataclasses import dataclass

from shared.cache_keys import Key

MOST_ENTRIES = 1000
# A longer text would push out a hundred short ones.
LONGEST_TEXT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """JSON text, when its loading began, and until when it is good; both in seconds since 1970."""

    text: str
    began: float
    until: float


class Memory:
    """Entries by key, the last used at the end."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        """Remember nothing yet."""
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._most = most
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key, now: float) -> Entry | None:
        """Return what is remembered and still good."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if now >= entry.until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Remember, unless it is too long."""
        if len(entry.text) > LONGEST_TEXT:
            return
        self._entries[key] = entry
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)
            self.evicted += 1

    def forget(self, place: str) -> None:
        """Forget every entry of a kind and owner."""
        for key in [each for each in self._entries if each.place == place]:
            del self._entries[key]
