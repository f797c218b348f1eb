"""Bodies that are taken byte for byte, as a signature covers them or nobody reads them: what they hold, and whose."""

from dataclasses import dataclass
from typing import Any

from shared.endpoint import Endpoint, Raw
from shared.envelope import JSON


@dataclass(frozen=True)
class Signed:
    """One such body; its signature comes in headers of the signer's own, each with what it says."""

    schema: dict[str, Any]
    example: object
    headers: dict[str, str]
    media: str = JSON
    callers: str = "For whoever signs the body."


TEXT = {"type": "string"}
ANYTHING = {"type": "object"}
ALERT = {
    "type": "object",
    "required": ["token", "type"],
    "properties": {"token": {"type": "string"}, "type": {"type": "string"}, "url": {"type": "string"}},
}
SIGNED = {
    "POST /auth/leaks/github": Signed(
        {"type": "array", "maxItems": 100, "items": ALERT},
        [
            {
                "token": "mainstay_sk_test_…",
                "type": "mainstay_api_key",
                "url": "https://github.com/acme/demo/blob/main/a.py",
            }
        ],
        {
            "Github-Public-Key-Identifier": "Which of GitHub's keys signed the body.",
            "Github-Public-Key-Signature": "The signature: ECDSA over P-256 and SHA-256, in base64.",
        },
    ),
    "POST /billing/webhooks/stripe": Signed(
        {"type": "object", "required": ["id", "type"], "properties": {"id": TEXT, "type": TEXT, "data": ANYTHING}},
        {
            "id": "evt_1Q2w3e4r5t6y7u8i",
            "object": "event",
            "type": "customer.subscription.updated",
            "created": 1795228260,
            "livemode": False,
            "data": {"object": {"id": "sub_1Q2w3e4r5t6y7u8i", "customer": "cus_Q2w3e4r5t6y7u8"}},
        },
        {"Stripe-Signature": "`t=` the second of sending, and `v1=` HMAC-SHA256 in hex; several, with commas between."},
        callers="For Stripe: its events, whole or thin.",
    ),
    "POST /core/mail/events": Signed(
        {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string"}, "data": {"type": "object"}},
        },
        {
            "type": "email.bounced",
            "data": {"email_id": "56761188-7520-42d8-8898-ff6fc54ce618", "to": ["ann@example.com"]},
        },
        {
            "Svix-Id": "The event's id, which is part of what is signed.",
            "Svix-Timestamp": "When it was sent, in seconds since 1970; taken for five minutes.",
            "Svix-Signature": "The signature: `v1,` and HMAC-SHA256 in base64; several, with spaces between.",
        },
    ),
    "POST /core/mail/unsubscribe/{token}": Signed(
        {"type": "object", "properties": {"List-Unsubscribe": {"type": "string"}}},
        {"List-Unsubscribe": "One-Click"},
        {},
        media="application/x-www-form-urlencoded",
        callers="For whoever has the link.",
    ),
}

# What has no body, and is proved by a header all the same.
TOKEN = {"X-Jobs-Token": "Seconds since 1970, a dot, and HMAC-SHA256 of `jobs:` and them under JOBS_SECRET, in hex."}
PROVED = {"POST /billing/jobs/run": TOKEN, "POST /core/jobs/run": TOKEN}


def proofs_of(endpoint: Endpoint) -> dict[str, str]:
    """Return the headers that prove whose an operation's request is, with what each says."""
    return signed_of(endpoint.route).headers if endpoint.takes is Raw else PROVED.get(endpoint.route, {})


def signed_of(route: str) -> Signed:
    """Return what an endpoint takes byte for byte; ends the command where nothing is written of it."""
    if route not in SIGNED:
        raise SystemExit(f"{route} takes Raw: say in ops/reference/signed.py what its bytes hold")
    return SIGNED[route]
