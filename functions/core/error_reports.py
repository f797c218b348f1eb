"""Error reports: clients say what went wrong, staff see each kind once. What is taken out before is in scrubbing.py."""

from typing import Any

from mangum import Mangum

from functions.core.error_schemas import ErrorReport, ErrorReportPage, ErrorReports, NewErrorReport, Received
from functions.core.scrubbing import LONGEST_MESSAGE, LONGEST_NAME, scrub, scrub_text
from shared import sentry
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.errors import NotFound
from shared.pages import Position, position_of
from shared.principal import KEY, PERSON

LARGEST_REPORT = 8 * 1024


def report(call: Call, new: NewErrorReport) -> Received:
    """Report an error, for people who look after this service. Reports of one kind are counted together.

    Numbers, UUIDs and hex make no other kind. Passwords, tokens, keys and e-mail addresses are taken out; leave them
    out all the same.
    """
    message = scrub_text(new.message, call.settings, LONGEST_MESSAGE)
    category = scrub_text(new.category, call.settings, LONGEST_NAME)
    told: dict[str, Any] = {"message": message, "severity": new.severity, "category": category}
    told |= {"metadata": scrub(new.metadata, call.settings)}
    if call.door.call("report_error", told, role="gatekeeper")["new"]:
        tags = {"category": category, "requestId": call.request_id, "source": "client"}
        sentry.tell_report(call.settings, message, new.severity, tags)
    return Received(received=True)


def listing(call: Call, page: ErrorReports) -> ErrorReportPage:
    """List the kinds of errors, the latest seen first. For staff, with a second factor."""
    after = position_of(page.cursor) if page.cursor else None
    asked = {
        "quantity": page.limit + 1,
        "before_at": after.created_at.isoformat() if after else None,
        "before_id": str(after.id) if after else None,
        "is_resolved": page.resolved,
        "of_severity": page.severity,
    }
    found = [ErrorReport.model_validate(each) for each in _ask(call, "staff_list_errors", asked)]
    items, has_more = found[: page.limit], len(found) > page.limit
    cursor = Position(items[-1].last_seen_at, items[-1].id).cursor() if has_more else None
    return ErrorReportPage(items=items, next_cursor=cursor, has_more=has_more)


def read(call: Call) -> ErrorReport:
    """Return one kind of error. For staff, with a second factor."""
    return _one(call, "staff_read_error")


def resolve(call: Call) -> ErrorReport:
    """Mark a kind of error as resolved, until it is seen again. For staff, with a second factor.

    A repeat answers the same.
    """
    return _one(call, "staff_resolve_error")


def _one(call: Call, function: str) -> ErrorReport:
    row = _ask(call, function, {"report": str(call.path["id"])})
    if row is None:
        raise NotFound("There is no such error report.")
    return ErrorReport.model_validate(row)


def _ask(call: Call, function: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return call.door.call(function, arguments, role="staff_reader")


endpoints = [
    Endpoint(
        *("POST", "/core/errors/report", report, PERSON | KEY),
        takes=NewErrorReport,
        gives=Received,
        aliases=("/core_error-reporting/report",),
        limit="error-report",
        counted=False,
        largest=LARGEST_REPORT,
    ),
    Endpoint("GET", "/core/errors", listing, PERSON, takes=ErrorReports, gives=ErrorReportPage),
    Endpoint("GET", "/core/errors/{id:uuid}", read, PERSON, gives=ErrorReport),
    Endpoint("POST", "/core/errors/{id:uuid}/resolve", resolve, PERSON, gives=ErrorReport),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
