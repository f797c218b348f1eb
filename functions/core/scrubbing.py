"""Taking secrets and excess out of what a client reports, before it is stored or shown to anybody."""

import json
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from functions.core.secret_forms import hide
from shared import envelope
from shared.config import Settings
from shared.logs import HIDDEN, known_secrets

LONGEST_MESSAGE = 1000
LONGEST_TEXT = 500
LONGEST_NAME = 64
MOST_MEMBERS = 40
DEEPEST = 4
# Numbers that may be a card's.
CARDS = range(10**13, 10**19)
# The table takes 16 KB; Postgres writes spaces that are not counted here.
LARGEST = 8 * 1024
CUT = "[cut]"
# Names whose values are nobody's business, whatever they look like: with these letters in them, without separators,
PRIVATE = re.compile(
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|authorization|cookie|credential|session|pepper|(?:private|api|function)key"
    r"|signature|recoverycode|email|phone|address|birth|iban|card|cvc|cvv|ssn"
)
# with one of these words,
PRIVATE_WORDS = {"mfa", "otp", "totp", "pin", "jwt", "bearer"}
# or ending in one of these.
PRIVATE_ENDS = {"auth", "pass", "refresh"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Forms come as [{"name": "password", "value": …}].
NAMING, VALUES = ("name", "key", "field", "label"), {"value", "val", "text", "content"}
Hide = Callable[[str], str]


def scrub_text(text: str, settings: Settings, longest: int) -> str:
    """Return a text without secrets and e-mail addresses, cut to so many letters."""
    return hide(text, known_secrets(settings))[:longest]


def scrub(metadata: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return notes without secrets, four levels deep, with forty members each; none where that is still too large."""
    known = known_secrets(settings)
    kept: dict[str, Any] = _scrubbed(metadata, lambda text: hide(text, known), DEEPEST)
    return kept if len(envelope.encode(kept)) <= LARGEST else {"cut": True}


def is_private(name: str) -> bool:
    """Tell whether the value of a member with this name is hidden, however it is written: newPassword2, X-Api-Key."""
    words = [word.lower() for word in WORD.findall(name)]
    ending = words[-1:] and words[-1] in PRIVATE_ENDS
    letters = "".join(filter(str.isalpha, name.lower()))
    return bool(PRIVATE.search(letters) or not PRIVATE_WORDS.isdisjoint(words) or ending)


def _scrubbed(value: Any, hidden: Hide, deep: int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _text(value, hidden, deep)[:LONGEST_TEXT]
    if not isinstance(value, dict | list):
        return HIDDEN if isinstance(value, int) and value in CARDS and HIDDEN in hidden(str(value)) else value
    if deep == 0:
        return CUT
    if isinstance(value, list):
        return [_scrubbed(each, hidden, deep - 1) for each in value[:MOST_MEMBERS]]
    unseen = VALUES if any(is_private(str(value.get(name, ""))) for name in NAMING) else set()
    return {
        hidden(name)[:LONGEST_NAME]: HIDDEN
        if name.lower() in unseen or is_private(name)
        else _scrubbed(each, hidden, deep - 1)
        for name, each in islice(value.items(), MOST_MEMBERS)
    }


def _text(text: str, hidden: Hide, deep: int) -> str:
    """Return a text without secrets; one that is JSON, or JSON in JSON, without the members that are private."""
    if deep and text.lstrip()[:1] in {"{", "[", '"'}:
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return hidden(text)
        kept = _text(inner, hidden, deep - 1) if isinstance(inner, str) else _scrubbed(inner, hidden, deep - 1)
        # Half of a surrogate pair can stand in it, escaped until now.
        return json.dumps(kept, ensure_ascii=False).encode(errors="replace").decode()
    return hidden(text)
