"""The body of a request on its way in: its size and its type, before anyone reads what it says."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shared.errors import TooLarge, UnsupportedMedia, ValidationError
from shared.visit import Visit

LARGEST_LAMBDA = 6 * 1024 * 1024

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def receive_body(visit: Visit, receive: Receive, largest: int) -> bytes:
    """Return the whole body; raises TooLarge when its declared or its real size passes `largest` bytes.

    What is too large is read to its end and thrown away, up to what a Lambda takes: a server that closes while a client
    still sends makes the client see a broken connection instead of the answer.
    """
    declared = visit.header(b"content-length")
    fits = declared is None or _fits(declared, largest)
    chunks, size, more = [], 0, True
    while more and size <= LARGEST_LAMBDA:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        more = message.get("more_body", False)
        if fits and size <= largest:
            chunks.append(chunk)
    if not fits or size > largest:
        raise TooLarge(f"The body is larger than {largest // 1024} KB. Send less.")
    return b"".join(chunks)


def check_type(visit: Visit) -> None:
    """Raise UnsupportedMedia unless the body says it is JSON in UTF-8."""
    media, _, parameters = (visit.header(b"content-type") or "").lower().partition(";")
    if media.strip() != "application/json" or parameters.strip().replace('"', "") not in {"", "charset=utf-8"}:
        raise UnsupportedMedia


def _fits(length: str, largest: int) -> bool:
    if not (length.isascii() and length.isdigit()):
        raise ValidationError("Content-Length must be a number.")
    return len(length) <= len(str(largest)) and int(length) <= largest
