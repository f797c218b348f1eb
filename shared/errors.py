"""Every way a request can end badly, with its status and code. How Postgres's refusals become these: refusals.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.limits import Limit

Details = list[dict[str, str]]


class Problem(Exception):
    """A refusal that the caller may read: `message` says what to do, `details` names fields."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    says: ClassVar[str] = "Something failed on our side. Try again; if it stays, tell us the request id."

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Details | None = None,
        headers: Mapping[str, str] | None = None,
        data: object = None,
        cause: str | None = None,
    ) -> None:
        """Keep what is shown (`message`, `details`, `headers`, `data`) apart from what is only logged (`cause`)."""
        super().__init__(message or self.says)
        self.message = message or self.says
        self.details = details or []
        self.headers = dict(headers or {})
        self.data = data
        self.cause = cause
        self.limits: Sequence[Limit] = ()


class ValidationError(Problem):
    """The request itself is wrong; `details` names the fields."""

    status = 400
    code = "VALIDATION_ERROR"
    says = "The request is not valid. Correct the fields named in details."


class Unauthenticated(Problem):
    """Raised with the challenge of RFC 6750; `presented` says whether credentials came at all."""

    status = 401
    code = "AUTHENTICATION_ERROR"
    says = "These credentials are not valid. Sign in again or use another API key."

    def __init__(self, message: str | None = None, *, presented: bool = True, cause: str | None = None) -> None:
        """Answer with a challenge; RFC 6750 wants no error in it when no credentials came."""
        challenge = 'Bearer realm="mainstay"' + (', error="invalid_token"' if presented else "")
        super().__init__(message, headers={"WWW-Authenticate": challenge}, cause=cause)


class PaymentRequired(Problem):
    """The organization's plan does not include this."""

    status = 402
    code = "PAYMENT_REQUIRED"
    says = "The plan of this organization does not include this. Choose another plan."


class Forbidden(Problem):
    """The caller is known and may not."""

    status = 403
    code = "AUTHORIZATION_ERROR"
    says = "Insufficient permissions. Ask an owner of the organization for the permission this needs."


class NotFound(Problem):
    """Nothing is there, or it is not the caller's to know of."""

    status = 404
    code = "NOT_FOUND"
    says = "There is nothing here, or it is not yours. Check the address and the id."


class MethodNotAllowed(Problem):
    """The path is known, the method is not; raised with Allow."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    says = "This address does not take this method. The Allow header lists those it takes."


class Conflict(Problem):
    """The request contradicts what is stored."""

    status = 409
    code = "CONFLICT"
    says = "This conflicts with what is already there. Read the present state and try again."


class InProgress(Conflict):
    """The same request is being worked on, under the same idempotency key."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    says = "This request is being worked on. Wait as many seconds as Retry-After says."

    def __init__(self, message: str | None = None, *, cause: str | None = None) -> None:
        """Ask the caller to come back for the answer."""
        super().__init__(message, headers={"Retry-After": "1"}, cause=cause)


class TooLarge(Problem):
    """The body is over its limit."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"
    says = "The body is larger than 64 KB. Send less."


class UnsupportedMedia(Problem):
    """The body is not JSON."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    says = "Send the body as JSON, with Content-Type: application/json."


class IdempotencyMismatch(Problem):
    """An idempotency key came back with another request."""

    status = 422
    code = "IDEMPOTENCY_MISMATCH"
    says = "This Idempotency-Key was used with another request. Use a new one."


class RateLimited(Problem):
    """The caller has used up a limit."""

    status = 429
    code = "RATE_LIMITED"
    says = "Too many requests. Wait as many seconds as Retry-After says."

    def __init__(self, message: str | None = None, *, retry_after: int = 1, cause: str | None = None) -> None:
        """Tell the caller after how many seconds to come back."""
        super().__init__(message, headers={"Retry-After": str(retry_after)}, cause=cause)


class Unexpected(Problem):
    """Our own fault: logged with its cause, shown with a general sentence."""


class UpstreamFailed(Problem):
    """Another system answered something unusable."""

    status = 502
    code = "UPSTREAM_FAILED"
    says = "A system this depends on gave an answer we cannot use. Try again later."


class Unavailable(Problem):
    """The database or another system is away for a moment."""

    status = 503
    code = "UNAVAILABLE"
    says = "This is not available at the moment. Try again in a few seconds."

    def __init__(self, message: str | None = None, *, data: object = None, cause: str | None = None) -> None:
        """Ask the caller to come back soon."""
        super().__init__(message, headers={"Retry-After": "2"}, data=data, cause=cause)


class UpstreamTimeout(Problem):
    """Another system did not answer in time."""

    status = 504
    code = "UPSTREAM_TIMEOUT"
    says = "A system this depends on took too long. Try again; if it stays, ask for less at once."
