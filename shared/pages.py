"""Pages of a list by keyset: newest first, steady while rows come and go. No offsets, which grow slow and skip rows."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.shapes import Input

if TYPE_CHECKING:
    from postgrest import SyncSelectRequestBuilder

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds since 1970, then the id: 24 bytes fill 32 base64url letters exactly, so a position has one spelling.
PACKED = struct.Struct(">q16s")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: its last row."""

    created_at: datetime
    id: UUID

    def cursor(self) -> str:
        """Return this position as text that clients hand back unread."""
        microseconds = (self.created_at - EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(PACKED.pack(microseconds, self.id.bytes)).decode()

    def beyond(self) -> str:
        """Return PostgREST's filter for the rows after this one, newest first."""
        at = f'"{self.created_at.astimezone(UTC).isoformat()}"'
        return f"created_at.lt.{at},and(created_at.eq.{at},id.lt.{self.id})"


def position_of(cursor: str) -> Position:
    """Read a cursor; raises ValueError for anything that was not made by Position.cursor."""
    try:
        microseconds, identity = PACKED.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
        position = Position(EPOCH + timedelta(microseconds=microseconds), UUID(bytes=identity))
    except (binascii.Error, struct.error, OverflowError, ValueError):
        position = None
    if position is None or position.cursor() != cursor:
        raise ValueError("use the nextCursor of the page before, unchanged")
    return position


def _known_cursor(cursor: str) -> str:
    position_of(cursor)
    return cursor


class Page(Input):
    """Which page a client asks for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=64), AfterValidator(_known_cursor)] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows, as the members of a page's answer."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    has_more: bool


def fetch(query: SyncSelectRequestBuilder, page: Page) -> Rows:
    """Run a select that includes id and created_at for one page, and one row more to know what has_more is."""
    if page.cursor is not None:
        query = query.or_(position_of(page.cursor).beyond())
    query = query.order("created_at", desc=True).order("id", desc=True).limit(page.limit + 1)
    found: list[Any] = query.execute().data
    items = found[: page.limit]
    has_more = len(found) > page.limit
    return Rows(items, _cursor_of(items[-1]) if has_more else None, has_more)


def _cursor_of(row: dict[str, Any]) -> str:
    return Position(datetime.fromisoformat(row["created_at"]), UUID(row["id"])).cursor()
