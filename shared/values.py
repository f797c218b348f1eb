"""How the text of an environment variable becomes a value; a refusal says what the text needs and never repeats it."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# As many digests as the database reads of one key.
MOST_PEPPERS = 4
SHORTEST_SECRET = 32
# As many bytes as Svix draws at least.
SHORTEST_WEBHOOK_KEY = 24
WEBHOOK_PREFIX = "whsec_"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Secret:
    """Text that repr, str and logs cannot show by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(***)"

    def reveal(self) -> str:
        """Return the text itself; call it where it leaves for the wire and nowhere else."""
        return self._text


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable; without a default it must be set, and an empty one counts as not set."""

    name: str
    read: Callable[[str], object]
    says: str
    default: str | None = None

    def value(self, environment: Mapping[str, str]) -> object:
        """Read it; raises ValueError with what it needs."""
        text = environment.get(self.name, "").strip() or self.default
        if text is None:
            raise ValueError("is not set")
        return self.read(text)


@dataclass(frozen=True, slots=True)
class Pepper:
    """One versioned key of the HMAC that turns an API key into its digest."""

    version: int
    secret: bytes = field(repr=False)


def read_text(value: str) -> str:
    """Read text that fits into a header."""
    if not value.isascii() or not value.isprintable():
        raise ValueError("needs printable ASCII text")
    return value


def read_secret(value: str) -> Secret:
    """Read a credential."""
    return Secret(read_text(value))


def read_shared_secret(value: str) -> Secret:
    """Read a secret that two functions share, or nothing."""
    secret = read_secret(value)
    if value and len(value) < SHORTEST_SECRET:
        raise ValueError(f"needs at least {SHORTEST_SECRET} characters, drawn at random")
    return secret


def read_webhook_secret(value: str) -> Secret:
    """Read what signs Svix's events, or nothing: base64 behind whsec_. An empty key would verify what anybody signs."""
    secret = read_secret(value)
    try:
        key = base64.b64decode(value.removeprefix(WEBHOOK_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if value and len(key) < SHORTEST_WEBHOOK_KEY:
        raise ValueError(f"needs {WEBHOOK_PREFIX} and at least {SHORTEST_WEBHOOK_KEY} bytes in base64")
    return secret


def secret_url(*schemes: str) -> Callable[[str], Secret]:
    """Return a reader of an address that may hold a credential, over one of these schemes, or of nothing."""

    def read(value: str) -> Secret:
        try:
            parts = urlsplit(read_text(value))
            usable = not value or (parts.scheme in schemes and parts.hostname and parts.port != 0)
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"needs a URL that begins with {'://, '.join(schemes)}://")
        return Secret(value)

    return read


def read_flag(value: str) -> bool:
    """Read a yes or no."""
    if value not in {"true", "false"}:
        raise ValueError("is true or false")
    return value == "true"


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of one of these words."""

    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"is one of {', '.join(choices)}")
        return value

    return read


def read_brand(value: str) -> str:
    """Read the first part of API keys."""
    if not re.fullmatch(r"[a-z]{3,8}", value):
        raise ValueError("needs 3 to 8 lower-case letters")
    return value


def read_url(value: str) -> str:
    """Read where a server is, without a path."""
    try:
        parts = urlsplit(read_text(value))
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("needs a URL without a path, such as https://abc.supabase.co")
    return f"{parts.scheme}://{parts.netloc}"


def read_page(value: str) -> str:
    """Read where a document is: a URL with a path, over https unless it is on this machine."""
    try:
        parts = urlsplit(read_text(value))
        usable = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        usable = False
    if not usable or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("needs an https URL, such as https://api.example.com/keys")
    return value


def read_origins(value: str) -> frozenset[str]:
    """Read the origins of pages; an empty text means none."""
    origins = frozenset(part.strip() for part in value.split(",") if part.strip())
    if not all(re.fullmatch(r"https?://[a-z0-9.\-\[\]:]+", origin) for origin in origins):
        raise ValueError("needs origins such as https://app.example.com, separated by commas, without paths or *")
    return origins


def read_peppers(value: str) -> tuple[Pepper, ...]:
    """Read versioned keys, newest first; an empty text means none."""
    peppers = [_pepper(part.strip()) for part in value.split(",")] if value else []
    if len(peppers) > MOST_PEPPERS:
        raise ValueError(f"names more than {MOST_PEPPERS} peppers")
    if len({pepper.version for pepper in peppers}) != len(peppers):
        raise ValueError("names a version twice")
    return tuple(sorted(peppers, key=lambda pepper: pepper.version, reverse=True))


def _pepper(part: str) -> Pepper:
    version, _, encoded = part.partition(":")
    try:
        secret = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", version) or len(secret) != 32:  # noqa: PLR2004 - the size of an HMAC-SHA256 key
        raise ValueError("needs <version>:<base64url of 32 bytes>, separated by commas")
    return Pepper(int(version), secret)
