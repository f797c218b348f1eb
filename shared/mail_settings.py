"""The settings of whoever sends mail. Part of shared.config.Settings, and read there."""

from dataclasses import dataclass
from typing import Annotated

from shared.addresses import Relay, read_address_or_none, read_api, read_relay
from shared.values import Secret, Variable, one_of, read_page, read_secret, read_text, read_webhook_secret


def _page_or_none(value: str) -> str:
    return read_page(value).rstrip("/") if value else ""


_providers = one_of("none", "resend", "smtp")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How mail leaves, and where its links lead."""

    mail_provider: Annotated[
        str, Variable("MAIL_PROVIDER", _providers, "Who sends mail: none, resend or smtp.", "none")
    ]
    mail_from: Annotated[str, Variable("MAIL_FROM", read_address_or_none, "The address that mail comes from.", "")]
    mail_name: Annotated[str, Variable("MAIL_NAME", read_text, "What the product is called in mail.", "Mainstay")]
    app_url: Annotated[
        str, Variable("APP_URL", _page_or_none, "The web client, to which links in mail lead.", "http://localhost:3000")
    ]
    functions_url: Annotated[
        str,
        Variable(
            "FUNCTIONS_URL",
            _page_or_none,
            "Where the functions are for everybody, for unsubscribe links: https://api.example.com/functions/v1.",
            "",
        ),
    ]
    resend_url: Annotated[str, Variable("RESEND_URL", read_api, "Resend's API.", "https://api.resend.com")]
    resend_api_key: Annotated[Secret, Variable("RESEND_API_KEY", read_secret, "Secret. Resend's key, re_...", "")]
    resend_webhook_secret: Annotated[
        Secret,
        Variable("RESEND_WEBHOOK_SECRET", read_webhook_secret, "Secret. What signs Resend's events, whsec_...", ""),
    ]
    smtp_relay: Annotated[
        Relay | None,
        Variable("SMTP_URL", read_relay, "Who takes mail: smtp://host:587 (with STARTTLS) or smtps://host:465.", ""),
    ]
    smtp_user: Annotated[str, Variable("SMTP_USER", read_text, "Who signs in there, if anybody.", "")]
    smtp_password: Annotated[Secret, Variable("SMTP_PASSWORD", read_secret, "Secret. Their password.", "")]
