"""What Stripe answers when it does not do what was asked: an error with a type, a code and the parameter at fault."""

from typing import Any

DOCS = "https://docs.stripe.com/error-codes"
DASHBOARD = "https://dashboard.stripe.com/test/logs"


class Refused(Exception):
    """A refusal, shaped as in https://docs.stripe.com/api/errors.

    `kept` tells whether an idempotency key remembers it: what fails before the work begins is forgotten.
    """

    def __init__(  # noqa: PLR0913 - what an error of Stripe's consists of
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
        **further: object,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.kind, self.code, self.param = message, status, kind, code, param
        self.kept = kept
        self.further = further
        self.headers: dict[str, str] = {}

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the whole answer."""
        error: dict[str, Any] = {"type": self.kind, "message": self.message}
        if self.code:
            error |= {"code": self.code, "doc_url": f"{DOCS}/{self.code.replace('_', '-')}"}
        if self.param:
            error["param"] = self.param
        return {"error": error | self.further | {"request_log_url": f"{DASHBOARD}/{request_id}"}}


def missing(kind: str, wanted: object, param: str = "id") -> Refused:
    """Return the answer for an id that names nothing."""
    return Refused(f"No such {kind}: '{wanted}'", status=404, code="resource_missing", param=param)


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """Return the answer for parameters that do not go together, found before anything was done."""
    return Refused(message, param=param, code=code, kept=False)


def declined(decline_code: str) -> Refused:
    """Return the answer for a card that was refused."""
    sentence = (
        "Your card has insufficient funds." if decline_code == "insufficient_funds" else "Your card was declined."
    )
    code = "expired_card" if decline_code == "expired_card" else "card_declined"
    return Refused(sentence, status=402, kind="card_error", code=code, decline_code=decline_code)


def undone(name: str) -> Refused:
    """Return the refusal of something that Stripe does and the double does not."""
    message = f"This double of Stripe does not do `{name}` as it was asked."
    return Refused(message, status=501, kind="api_error", param=name, kept=False)
