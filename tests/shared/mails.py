"""A mail to send, and the settings of who sends it."""

from typing import Any

from shared.config import Settings
from shared.message import Message
from tests.shared.fixtures import ENVIRONMENT

KEY = "0123456789abcdef" * 4
MAIL: dict[str, Any] = {
    "to": "ann@example.com",
    "subject": "Grüße, and a subject that is longer than one line of a header is allowed to be, by far",
    "text": "Hello.\n.\n..two dots\nFrom me\n" + "long " * 400,
    "html": "<p>Hello, Bücher.</p>",
    "sender_name": "Bücher, Inc. via Mainstay",
    "idempotency_key": KEY,
    "headers": {
        "List-Unsubscribe": f"<https://api.example.com/functions/v1/core/mail/unsubscribe/{'x' * 80}>",
        "Auto-Submitted": "auto-generated",
    },
}


def mail(**changes: Any) -> Message:
    return Message(**(MAIL | changes))


def settings_with(**variables: str) -> Settings:
    return Settings.read(ENVIRONMENT | {"MAIL_FROM": "post@example.com"} | variables)
