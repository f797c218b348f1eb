"""The body of a request on its way in: its size and its type, before anyone reads what it says."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shared.errors import TooLarge, UnsupportedMedia, ValidationError
from shared.visit import Visit

LARGEST_BODY = 64 * 1024

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def receive_body(visit: Visit, receive: Receive) -> bytes:
    """Return the whole body; raises TooLarge as soon as its declared or its real size passes 64 KB."""
    declared = visit.header(b"content-length")
    if declared is not None:
        _check_declared(declared)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise TooLarge
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def check_type(visit: Visit) -> None:
    """Raise UnsupportedMedia unless the body says it is JSON in UTF-8."""
    media, _, parameters = (visit.header(b"content-type") or "").lower().partition(";")
    if media.strip() != "application/json" or parameters.strip().replace('"', "") not in {"", "charset=utf-8"}:
        raise UnsupportedMedia


def _check_declared(length: str) -> None:
    if not (length.isascii() and length.isdigit()):
        raise ValidationError("Content-Length must be a number.")
    if len(length) > len(str(LARGEST_BODY)) or int(length) > LARGEST_BODY:
        raise TooLarge
