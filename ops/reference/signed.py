"""Bodies that are taken byte for byte, because a signature covers them: what they hold, and where the signature is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Signed:
    """One such body; its signature comes in headers of the signer's own, each with what it says."""

    schema: dict[str, Any]
    example: object
    headers: dict[str, str]


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
}


def signed_of(route: str) -> Signed:
    """Return what an endpoint takes byte for byte; ends the command where nothing is written of it."""
    if route not in SIGNED:
        raise SystemExit(f"{route} takes Raw: say in ops/reference/signed.py what its bytes hold")
    return SIGNED[route]
