"""What the functions of error reports take and give."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.pages import Page
from shared.shapes import Input, Output, formed

Severity = Literal["low", "medium", "high", "critical"]
# A category's name is not a place for what went wrong.
Category = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z][A-Za-z0-9 _.:/-]{0,63}$"),
    formed("this must be a word of at most 64 letters, digits, spaces and _.:/- that begins with a letter"),
]
Message = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class NewErrorReport(Input):
    """Something that went wrong at a client."""

    message: Message
    severity: Severity
    category: Category
    metadata: dict[str, Any] = Field(default_factory=dict)


class Received(Output):
    """That a report was taken."""

    received: bool


class ErrorReports(Page):
    """A page of kinds of errors: those open, or those resolved."""

    resolved: bool = False
    severity: Severity | None = None


class ErrorReport(Output):
    """A kind of error: its last sample, how often it came and from how many organizations."""

    id: UUID
    category: str
    message: str
    severity: Severity
    metadata: dict[str, Any]
    occurrences: int
    organizations: int
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    last_request_id: str | None
    reopened: int
    resolved_at: AwareDatetime | None
    resolved_by: UUID | None


class ErrorReportPage(Output):
    """A page of kinds of errors, the latest seen first."""

    items: list[ErrorReport]
    next_cursor: str | None
    has_more: bool
