"""What may be kept in a cache, for how long, and under which name. The only maker of cache keys."""

import re
from dataclasses import dataclass

FORM = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of what is kept: for how many seconds at most, and whether it is kept that there is nothing."""

    seconds: int
    keeps_nothing: bool = False


# How old an answer may be, wherever it was kept. What is not here is not kept: API keys, sessions and permissions are
# looked up at every use, so that a revocation holds from the next request on.
KINDS = {
    "answer": Kind(300),
    "catalogue": Kind(3600),
    "flags": Kind(30),
    "plans": Kind(60),
    "profile": Kind(60),
    "subscription": Kind(300, keeps_nothing=True),
}


@dataclass(frozen=True, slots=True)
class Key:
    """Whose entry of which kind; an owner can have several, which are forgotten together."""

    kind: str
    owner: str
    rest: str = ""

    @property
    def place(self) -> str:
        """Return what all entries of this kind and owner have in common."""
        return f"{self.kind}:{self.owner}"

    @property
    def seconds(self) -> int:
        """Return how long it is kept at most."""
        return KINDS[self.kind].seconds

    @property
    def keeps_nothing(self) -> bool:
        """Tell whether it is worth knowing that there is nothing."""
        return KINDS[self.kind].keeps_nothing


def key(kind: str, owner: object, *rest: object) -> Key:
    """Return the key of an entry: its kind, whose it is and, where they have several, which: ("flags", person, org).

    Raises ValueError for a kind that is not kept, and for parts that could be read as two.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not kept in a cache")
    parts = [str(part) for part in (owner, *rest)]
    if not all(FORM.fullmatch(part) for part in parts):
        raise ValueError("a part of a cache key is an id or a plain word")
    return Key(kind, parts[0], ":".join(parts[1:]))
