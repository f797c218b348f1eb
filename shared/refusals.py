"""How Postgres and PostgREST refuse, as our errors: by code, never by PostgREST's status, which says 401 for 42501."""

import json
import re
from typing import Any

from shared import errors
from shared.errors import Details, Problem
from shared.reply import Reply

BY_CODE: dict[str, type[Problem]] = {
    "42501": errors.Forbidden,
    "23505": errors.Conflict,
    "23503": errors.Conflict,
    "23502": errors.ValidationError,
    "23514": errors.ValidationError,
    "57014": errors.UpstreamTimeout,
    "40P01": errors.Unavailable,
    "55P03": errors.Unavailable,
    "53300": errors.Unavailable,
    "PGRST000": errors.Unavailable,
    "PGRST001": errors.Unavailable,
    "PGRST002": errors.Unavailable,
    "PGRST003": errors.Unavailable,
    "PGRST202": errors.Unavailable,
    "PGRST204": errors.Unavailable,
    "PGRST205": errors.Unavailable,
    "PGRST301": errors.Unauthenticated,
    "PGRST302": errors.Unauthenticated,
    "PGRST303": errors.Unauthenticated,
}
INVALID_VALUE_CLASS = "22"
# Postgres names no field in a way that is ours.
UNNAMED = "One of the values cannot be kept. Compare each with what the reference says of it."

BY_STATUS: dict[int, type[Problem]] = {
    problem.status: problem
    for problem in (
        errors.ValidationError,
        errors.Unauthenticated,
        errors.PaymentRequired,
        errors.Forbidden,
        errors.NotFound,
        errors.Conflict,
        errors.TooLarge,
        errors.IdempotencyMismatch,
        errors.RateLimited,
        errors.UpstreamFailed,
        errors.Unavailable,
        errors.UpstreamTimeout,
    )
}
# gate.recognize() names in its hint the header that it refused; these two are our own and not the caller's.
OWN_HEADERS = {"X-Function-Key", "X-Act-As"}
IN_PROGRESS = "in_progress"
OURS = re.compile(r"PT([45]\d\d)")
SERVER_ERROR = 500
# What a gateway answers in the place of a server that does not, in whatever words.
AWAY = {502, 503, 504}


def problem_of(reply: Reply) -> Problem:
    """Return the error that a refused call means for our caller. PTnnn is ours and keeps its message and details."""
    refusal = _read(reply.body)
    code, message = str(refusal.get("code") or ""), str(refusal.get("message") or "")
    cause = f"status {reply.status} code {code or 'none'}: {message}"
    if code.startswith("PT") and refusal.get("hint") in OWN_HEADERS:
        return errors.Unavailable(cause=cause)
    ours = OURS.fullmatch(code)
    if ours:
        return _ours(int(ours[1]), message, refusal, cause)
    if code in BY_CODE:
        return BY_CODE[code](UNNAMED if BY_CODE[code] is errors.ValidationError else None, cause=cause)
    if code.startswith(INVALID_VALUE_CLASS):
        return errors.ValidationError(UNNAMED, cause=cause)
    if reply.status in AWAY or (not code and reply.status >= SERVER_ERROR):
        return errors.Unavailable(cause=cause)
    return errors.Unexpected(cause=cause)


def _ours(status: int, message: str, refusal: dict[str, Any], cause: str) -> Problem:
    if refusal.get("hint") == IN_PROGRESS:
        return errors.InProgress(cause=cause)
    kind = BY_STATUS.get(status, errors.Unexpected)
    if status >= SERVER_ERROR or kind is errors.Unexpected:
        # What the gate says about our own function key is for operators, not for callers.
        return kind(cause=cause)
    problem = kind(message or None, cause=cause)
    problem.details = _details(refusal.get("details"))
    return problem


def _read(body: bytes) -> dict[str, Any]:
    try:
        refusal = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return refusal if isinstance(refusal, dict) else {}


def _details(text: object) -> Details:
    try:
        listed = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return []
    if not isinstance(listed, list):
        return []
    return [
        {"field": str(each["field"]), "problem": str(each["problem"])}
        for each in listed
        if isinstance(each, dict) and each.keys() >= {"field", "problem"}
    ]
