"""What an e-mail address is, and where the server is that takes mail. A refusal never repeats what it refused."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.values import LOOPBACK, read_text, read_url

# RFC 5321, 4.1.2, without quoted names: they are allowed to hold what forges a header, and nobody has one.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"({LABEL}\.)+{LABEL}", re.ASCII)
LONGEST = 254
LONGEST_LOCAL = 64
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """A server that takes mail; `implicit` TLS from the first byte, `upgraded` by STARTTLS, or neither."""

    host: str
    port: int
    implicit: bool
    upgraded: bool


def read_address(value: str) -> str:
    """Read an address, its domain in ASCII; raises ValueError for what could be two, or more than an address."""
    local, at, domain = value.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    usable = at and len(local) <= LONGEST_LOCAL and LOCAL.fullmatch(local) and DOMAIN.fullmatch(domain)
    if not usable or len(local) + 1 + len(domain) > LONGEST:
        raise ValueError("needs an e-mail address, such as post@example.com")
    return f"{local}@{domain}"


def read_address_or_none(value: str) -> str:
    """Read an address, or nothing."""
    return read_address(value) if value else ""


def read_relay(value: str) -> Relay | None:
    """Read where mail is taken, or nothing. Without TLS only on this machine; user and password stand elsewhere."""
    if not value:
        return None
    try:
        parts = urlsplit(read_text(value))
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        parts, port = urlsplit(""), 0
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("needs smtp://host:587 or smtps://host:465, without user and password")
    implicit = parts.scheme == "smtps"
    return Relay(parts.hostname, port, implicit, not implicit and parts.hostname not in LOOPBACK)


def read_api(value: str) -> str:
    """Read where an API is: over https unless it is on this machine."""
    url = read_url(value)
    if url.startswith("http:") and urlsplit(url).hostname not in LOOPBACK:
        raise ValueError("needs https")
    return url


def read_api_or_none(value: str) -> str:
    """Read where an API is, or nothing."""
    return read_api(value) if value else ""
