"""Leaked keys: whoever holds one can end it, and GitHub, which looks for them in public repositories, reports them."""

import json
from typing import Any

from mangum import Mangum

from functions.auth import github
from functions.auth.key_schemas import Ended, LeakedKey
from shared import envelope, keys
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Answer, Call, Endpoint, Raw
from shared.errors import NotFound, Unauthenticated, ValidationError
from shared.hints import hint

LARGEST_ALERT = 256 * 1024
LONGEST_URL = 500


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
    names = (visit.header(b"github-public-key-identifier"), visit.header(b"github-public-key-signature"))
    github.Signature(*names).check(raw, call.settings)
    known = [(alert, _known(call, alert["token"])) for alert in _alerts(raw)]
    found = [{"presented": presented, "where": alert["url"]} for alert, presented in known if presented]
    ours = iter(_end(call, found, finder="github") if found else ())
    told = [
        {"token_raw": alert["token"], "token_type": alert["type"], "label": _label(bool(presented) and next(ours))}
        for alert, presented in known
    ]
    return Answer(json.dumps(told).encode(), envelope.JSON)


def _label(ours: bool) -> str:  # noqa: FBT001 - its only argument
    return "true_positive" if ours else "false_positive"


def _alerts(raw: Raw) -> list[dict[str, str]]:
    """Read what GitHub signed. One odd item among them must not keep the others from being ended."""
    try:
        listed = json.loads(raw)
    except (ValueError, RecursionError):
        raise ValidationError("Alerts are a JSON list.") from None
    if not isinstance(listed, list):
        raise ValidationError("Alerts are a JSON list.")
    return [_alert(each) for each in listed if isinstance(each, dict) and isinstance(each.get("token"), str)]


def _alert(said: dict[str, Any]) -> dict[str, str]:
    named = {name: said.get(name) for name in ("token", "type", "url")}
    texts = {name: text if isinstance(text, str) else "" for name, text in named.items()}
    # The address is kept: half a character or a NUL in it must not keep a key alive.
    return texts | {"url": "".join(letter for letter in texts["url"] if letter.isprintable())[:LONGEST_URL]}


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
    # A stranger with made-up keys sends nobody to work.
    if any(ended):
        hint(call.settings)
    return ended


endpoints = [
    Endpoint("POST", "/auth/api-keys/revoke", revoke, takes=LeakedKey, gives=Ended, limit="key-revoke"),
    Endpoint("POST", "/auth/leaks/github", report, takes=Raw, gives=Answer, largest=LARGEST_ALERT),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
