"""Leaked keys: whoever holds one can end it, and GitHub, which looks for them in public repositories, reports them."""

import json
from typing import Any

from mangum import Mangum

from functions.auth import github
from functions.auth.key_schemas import Ended, LeakedKey
from shared import body, envelope, keys
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Answer, Call, Endpoint, Raw
from shared.errors import NotFound, Unauthenticated, ValidationError

MOST_ALERTS = 100
LARGEST_ALERT = 256 * 1024


def revoke(call: Call, leaked: LeakedKey) -> Ended:
    """End the key that is sent, from the next request on. A repeat answers the same."""
    try:
        presented = _presented(call, leaked.key)
    except Unauthenticated as wrong:
        raise ValidationError(wrong.message) from wrong
    if not _end(call, [{"presented": presented, "where": None}], finder="holder")[0]:
        raise NotFound("This is not a key of ours, or not any more.")
    return Ended(revoked=True)


def report(call: Call, raw: Raw) -> Answer:
    """End the keys that GitHub found, and tell it which of them were ours. Only GitHub's signature is believed."""
    visit = call.door.visit
    identifier, signature = (visit.header(b"github-public-key-" + name) for name in (b"identifier", b"signature"))
    github.verify(raw, identifier, signature, call.settings.github_keys_url)
    alerts = _alerts(raw)
    known = [(alert, _known(call, alert["token"])) for alert in alerts]
    found = [{"presented": presented, "where": alert["url"]} for alert, presented in known if presented]
    ours = iter(_end(call, found, finder="github") if found else ())
    told = [
        {"token_raw": alert["token"], "token_type": alert["type"], "label": _label(bool(presented) and next(ours))}
        for alert, presented in known
    ]
    return Answer(envelope.encode(told), envelope.JSON)


def _label(ours: bool) -> str:  # noqa: FBT001 - its only argument
    return "true_positive" if ours else "false_positive"


def _alerts(raw: Raw) -> list[dict[str, str]]:
    listed = json.loads(body.read_json(b'{"alerts":%b}' % bytes(raw)))["alerts"]
    if not isinstance(listed, list) or len(listed) > MOST_ALERTS:
        raise ValidationError(f"Alerts are a list of {MOST_ALERTS} at most.")
    return [_alert(each) for each in listed]


def _alert(said: object) -> dict[str, str]:
    members = said if isinstance(said, dict) else {}
    token, kind, url = (members.get(name) for name in ("token", "type", "url"))
    if not isinstance(token, str) or not isinstance(kind, str):
        raise ValidationError("Each alert needs a token and a type.")
    return {"token": token, "type": kind, "url": url if isinstance(url, str) else ""}


def _known(call: Call, token: str) -> str | None:
    """Return how the database knows a key, or None for what cannot be one of this deployment."""
    try:
        return _presented(call, token)
    except Unauthenticated:
        return None


def _presented(call: Call, text: str) -> str:
    settings = call.settings
    return keys.parse(text, settings.brand, live=settings.live).presented(settings.peppers).reveal()


def _end(call: Call, reports: list[dict[str, Any]], *, finder: str) -> list[bool]:
    ended: list[bool] = call.door.call("end_leaked_keys", {"reports": reports, "finder": finder}, role="gatekeeper")
    return ended


endpoints = [
    Endpoint("POST", "/auth/api-keys/revoke", revoke, takes=LeakedKey, gives=Ended, limit="anonymous"),
    Endpoint("POST", "/auth/leaks/github", report, takes=Raw, gives=Answer, largest=LARGEST_ALERT),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
