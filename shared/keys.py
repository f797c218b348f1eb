"""API keys: made once, kept as a digest, recognized by their form without asking anyone."""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.errors import Unauthenticated
from shared.values import Pepper, Secret

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
# 32 letters of 62 are 190 random bits, so a fast hash is enough: there is nothing to guess.
FORM = re.compile(r"([a-z]{3,8})_sk_(live|test)_([0-9A-Za-z]{12})([0-9A-Za-z]{32})([0-9A-Za-z]{6})", re.ASCII)
LONGEST = 8 + len("_sk_live_") + 12 + 32 + 6


@dataclass(frozen=True, slots=True)
class Key:
    """A well-formed key; whether anyone knows it, only the database can say."""

    lookup: str
    secret: str = field(repr=False)

    def digest(self, pepper: Pepper) -> str:
        """Return the hex HMAC-SHA256 that is stored instead of the secret."""
        return hmac.digest(pepper.secret, self.secret.encode(), hashlib.sha256).hex()

    def presented(self, peppers: Sequence[Pepper]) -> Secret:
        """Return what the database compares: `<lookup>.<version>:<digest>,...`, a password equivalent."""
        return Secret(f"{self.lookup}." + ",".join(f"{each.version}:{self.digest(each)}" for each in peppers))


def make(brand: str, *, live: bool) -> tuple[Key, Secret]:
    """Return a new key and its whole text, which is shown once and never again."""
    key = Key(_letters(12), _letters(32))
    return key, write(key, brand, live=live)


def draw(seed: Secret, nonce: str, pepper: Pepper, lookup: str | None = None) -> Key:
    """Return the one key that a seed and a nonce give under this pepper, with this lookup or with a new one.

    Only who has all of them can draw it: that is how a repeat is shown the key that was made the first time, although
    it is stored nowhere. When the nonce is forgotten, nobody can.
    """
    lookup = lookup or _letters(12)
    drawn = hmac.digest(pepper.secret, f"api-key:{lookup}:{nonce}:{seed.reveal()}".encode(), hashlib.sha256)
    return Key(lookup, _base62(int.from_bytes(drawn), 32))


def make_nonce() -> str:
    """Return 128 random bits as text."""
    return _letters(22)


def write(key: Key, brand: str, *, live: bool) -> Secret:
    """Return the whole text of a key, checksum included."""
    text = f"{brand}_sk_{'live' if live else 'test'}_{key.lookup}{key.secret}"
    return Secret(text + _checksum(text))


def parse(text: object, brand: str, *, live: bool) -> Key:
    """Read a key; raises Unauthenticated for anything that was not made for this deployment."""
    match = FORM.fullmatch(text) if isinstance(text, str) and len(text) <= LONGEST else None
    if match is None or match[1] != brand:
        raise Unauthenticated("This is not one of our API keys. Copy the whole key, without spaces.")
    if not hmac.compare_digest(_checksum(match[0][:-6]), match[5]):
        raise Unauthenticated("This API key is incomplete or mistyped. Copy it again.")
    if (match[2] == "live") != live:
        raise Unauthenticated(f"This is a {match[2]} key; use a {'live' if live else 'test'} key here.")
    return Key(match[3], match[4])


def _letters(count: int) -> str:
    return _base62(secrets.randbelow(62**count), count)


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), 6)


def _base62(number: int, count: int) -> str:
    letters = ""
    for _ in range(count):
        number, position = divmod(number, 62)
        letters = ALPHABET[position] + letters
    return letters
