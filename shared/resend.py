"""Mail through Resend's HTTP API. Source: https://resend.com/docs/api-reference/emails/send-email and /errors."""

import json
import re
from typing import Any

from shared.config import VERSION, Misconfigured, Settings
from shared.envelope import encode
from shared.errors import Unavailable, UpstreamFailed
from shared.message import Message, Refused
from shared.reply import Reply
from shared.wire import Wait, wire_to

WAIT = Wait(connect=2.0, read=10.0)
OK = {200, 201, 202}
SERVER_ERROR = 500
WRONG = {400, 422}
NAME = re.compile(r"[a-z_]{1,40}", re.ASCII)


def send(settings: Settings, message: Message) -> str:
    """Send it, once for each idempotency key within 24 hours, and return Resend's id.

    Raises Unavailable where it was not taken, UpstreamTimeout and UpstreamFailed where nobody knows: both may be tried
    again under the same key. Raises Refused for an address that Resend takes for none.
    """
    key = settings.resend_api_key.reveal()
    if not key or not settings.mail_from:
        raise Misconfigured("RESEND_API_KEY and MAIL_FROM are needed to send mail through Resend")
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": message.idempotency_key,
        "User-Agent": f"mainstay/{VERSION}",
    }
    body = encode(_written(settings, message))
    return _id_of(wire_to(settings.resend_url).send("POST", "/emails", headers, body, wait=WAIT))


def _written(settings: Settings, message: Message) -> dict[str, Any]:
    return {
        "from": str(message.sender(settings.mail_from)),
        "to": [message.to],
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "headers": dict(message.headers),
    }


def _id_of(reply: Reply) -> str:
    try:
        said = json.loads(reply.body)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    if reply.status not in OK:
        return _refused(reply.status, said)
    if not isinstance(said.get("id"), str):
        raise UpstreamFailed(cause="resend answered without an id")
    return str(said["id"])


def _refused(status: int, said: dict[str, Any]) -> str:
    """Say what a refusal means; what Resend writes for people may hold the address, so only its code is kept."""
    code = said.get("name")
    code = code if isinstance(code, str) and NAME.fullmatch(code) else "unknown"
    if code == "invalid_idempotent_request":
        # The key is of this one mail: it was taken before, and a name in it has changed since.
        return ""
    if status in WRONG and code == "validation_error" and "`to`" in str(said.get("message")):
        raise Refused("resend takes the address for none", gone=True)
    if status >= SERVER_ERROR:
        raise UpstreamFailed(cause=f"resend answered {status} {code}")
    raise Unavailable(cause=f"resend refused with {status} {code}")
