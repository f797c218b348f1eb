"""The settings of whoever bills. Part of shared.config.Settings, and read there."""

import re
from dataclasses import dataclass
from typing import Annotated

from shared.values import Secret, Variable, read_flag, read_origins, read_secret, read_text, read_url

# As Stripe writes them: 32 letters or more after the prefix. One that is cut short could be guessed.
SIGNING = re.compile(r"whsec_\S{16,}", re.ASCII)


def _secrets(value: str) -> tuple[Secret, ...]:
    """Read secrets, comma-separated: while one is replaced, both sign."""
    given = [each.strip() for each in value.split(",") if each.strip()]
    if not all(SIGNING.fullmatch(each) for each in given):
        raise ValueError("needs secrets of webhook endpoints, whsec_...")
    return tuple(read_secret(each) for each in given)


@dataclass(frozen=True, kw_only=True)
class BillingSettings:
    """Which account is billed through, and how."""

    stripe_secret_key: Annotated[
        Secret,
        Variable("STRIPE_SECRET_KEY", read_secret, "Secret. Stripe's key, sk_... or rk_..., of the mode of LIVE.", ""),
    ]
    stripe_webhook_secrets: Annotated[
        tuple[Secret, ...],
        Variable(
            "STRIPE_WEBHOOK_SECRETS",
            _secrets,
            "Secret. What signs Stripe's events, whsec_..., comma-separated; each of them is believed.",
            "",
        ),
    ]
    stripe_api_base: Annotated[str, Variable("STRIPE_API_BASE", read_url, "Stripe's API.", "https://api.stripe.com")]
    stripe_portal_configuration: Annotated[
        str,
        Variable(
            "STRIPE_PORTAL_CONFIGURATION", read_text, "What the customer portal offers, bpc_...; else its default.", ""
        ),
    ]
    stripe_automatic_tax: Annotated[
        bool,
        Variable(
            "STRIPE_AUTOMATIC_TAX", read_flag, "true: Stripe works out taxes, which it must be set up for.", "false"
        ),
    ]
    app_origins: Annotated[
        frozenset[str],
        Variable(
            "APP_ORIGINS",
            read_origins,
            "Origins of web clients, beside APP_URL's, to which a buyer may be sent back, comma-separated.",
            "",
        ),
    ]
