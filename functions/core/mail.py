"""Mail, as those see it who get it: unsubscribing without signing in, and what the provider hears of bounces."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from uuid import UUID

from mangum import Mangum

from functions.core import svix
from shared import body, tokens
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Answer, Call, Endpoint, Raw
from shared.errors import NotFound

ROLE = "job_runner"
LARGEST_EVENT = 256 * 1024
TOKEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})", re.ASCII)
UNKNOWN = "This link is of no mail of ours, or not any more."
REASONS = {"email.bounced": "bounce", "email.complained": "complaint"}
STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;padding:15vh 1.5rem;font:1rem/1.6 system-ui,sans-serif;text-align:center}"
    "h1{font-size:1.25rem}button{font:inherit;font-weight:600;padding:.6rem 1.2rem;cursor:pointer}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Unsubscribe</title>
<style>{STYLE}</style>
<h1>%s</h1>
%s
</html>
"""


def unsubscribe_page(call: Call) -> Answer:
    """Return a page with one button. Nothing is changed by looking: programs follow links before people do."""
    _delivery(call)
    return _page("No more mail of this kind?", '<form method="post"><button>Unsubscribe</button></form>')


def unsubscribe(call: Call, _: Raw) -> Answer:
    """Send no more mail of this kind to this address. A mail program does so in one click: RFC 8058."""
    if not call.door.call("mail_unsubscribe", {"delivery": str(_delivery(call))}, role=ROLE):
        raise NotFound(UNKNOWN)
    return _page("You are unsubscribed.", "<p>No more mail of this kind will come to this address.</p>")


def event(call: Call, raw: Raw) -> dict[str, Any]:
    """Take what Resend heard of a mail. One of ours that bounced for good, or was complained of, is noted."""
    svix.verify(raw, call.door.visit, call.settings.resend_webhook_secret)
    said = json.loads(body.read_json(raw))
    heard = said.get("data")
    heard = heard if isinstance(heard, dict) else {}
    reason = REASONS.get(str(said.get("type")))
    if reason == "complaint" or (reason == "bounce" and _is_permanent(heard)):
        told = {"provider_id": str(heard.get("email_id")), "reason": reason}
        call.door.call("mail_event", told, role=ROLE)
    return {"received": True}


def _delivery(call: Call) -> UUID:
    """Return the mail that a link is of; only who has the pepper can have made it."""
    found = TOKEN.fullmatch(call.path["token"])
    if found is not None:
        delivery = UUID(found[1])
        made = [tokens.derive("unsubscribe", delivery, pepper) for pepper in call.settings.peppers]
        if any(hmac.compare_digest(each, found[2]) for each in made):
            return delivery
    raise NotFound(UNKNOWN)


def _page(title: str, content: str) -> Answer:
    return Answer((PAGE % (title, content)).encode(), "text/html", {"Content-Security-Policy": POLICY})


def _is_permanent(heard: dict[str, Any]) -> bool:
    bounce = heard.get("bounce")
    return isinstance(bounce, dict) and bounce.get("type") == "Permanent"


UNSUBSCRIBE = "/core/mail/unsubscribe/{token}"
endpoints = [
    Endpoint("GET", UNSUBSCRIBE, unsubscribe_page, gives=Answer),
    Endpoint("POST", UNSUBSCRIBE, unsubscribe, takes=Raw, gives=Answer, limit="mail-unsubscribe"),
    Endpoint("POST", "/core/mail/events", event, takes=Raw, largest=LARGEST_EVENT),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
