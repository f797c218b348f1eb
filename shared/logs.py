"""The log: one JSON object per line on standard output, without secrets and without what clients sent."""

import json
import logging
import re
import sys
import traceback
from typing import Any

from shared.config import Settings
from shared.envelope import timestamp
from shared.values import Secret

logger = logging.getLogger("mainstay")

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
LONGEST_CAUSE = 500
SECRETS = re.compile(
    r"""
      eyJ[\w-]{5,}(?:\.[\w-]*){0,4}                                     # JWTs, whole or cut
    | [A-Za-z]{2,12}_[sr]k_(?:live|test)_\w+                            # API keys, ours and Stripe's
    | (?<![A-Za-z])[sr]k_(?:live|test)_\w+
    | (?:sb_secret|sb_publishable|whsec)_[\w-]+
    | [0-9A-Za-z]{12}\.\d{1,4}:[0-9a-f]{64}(?:,\d{1,4}:[0-9a-f]{64})*   # digests as the database is shown them
    | (?i:bearer|basic)\s+[\w.~+/=-]{8,}
    """,
    re.VERBOSE,
)
# Apart, because an address could begin at any letter: looking for one takes longer than looking for all the others.
SECRETS_AND_EMAILS = SECRETS.pattern + r"| [\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
NAMED_SECRETS = re.compile(
    r"""((?i:password|passwd|secret|token|pepper|api[_-]?key|function[_-]?key)["']?\s*[:=]\s*["']?)[^\s"',}]+"""
)
HIDDEN = "[hidden]"


def redact(text: str, known: tuple[str, ...] = ()) -> str:
    """Hide everything that looks like a credential or an e-mail address, and every text of `known`."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    text = re.sub(SECRETS_AND_EMAILS, HIDDEN, text, flags=re.VERBOSE) if "@" in text else SECRETS.sub(HIDDEN, text)
    # Between a name and its secret stands one of these.
    return NAMED_SECRETS.sub(rf"\1{HIDDEN}", text) if ":" in text or "=" in text else text


def known_secrets(settings: Settings) -> tuple[str, ...]:
    """Return the secrets of this process, which redact() hides wherever they stand."""
    told = vars(settings).values()
    several = (each for value in told if isinstance(value, tuple) for each in value)
    values = [value.reveal() for value in (*told, *several) if isinstance(value, Secret)]
    return tuple(value for value in values if value)


class JsonLines(logging.Formatter):
    """One line per record; `extra={"fields": {...}}` adds members."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.release = settings.release if settings else "unknown"
        self.known = known_secrets(settings) if settings else ()

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        members: dict[str, Any] = {
            "timestamp": timestamp(),
            "severity": record.levelname,
            "message": record.getMessage(),
            "release": self.release,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            members |= _failure(record.exc_info[1])
        return json.dumps({name: self._hide(value) for name, value in members.items()}, default=str)

    def _hide(self, value: object) -> object:
        return redact(value, self.known) if isinstance(value, str) else value


class StandardOutput(logging.Handler):
    """Writes to the present sys.stdout, which Lambda and tests replace after import."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, at once: a process that is killed takes what it still holds with it."""
        sys.stdout.write(self.format(record) + "\n")
        sys.stdout.flush()


def configure(settings: Settings | None = None) -> None:
    """Send our log to standard output; a repeat replaces what was set. Libraries that log addresses are quieted."""
    output = StandardOutput()
    output.setFormatter(JsonLines(settings))
    logger.handlers = [output]
    logger.propagate = False
    logger.setLevel(LEVELS[settings.log_level] if settings else logging.INFO)
    for chatty in ("httpx", "mangum", "mangum.http"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _failure(error: BaseException) -> dict[str, str]:
    # Frames show our source and no values; the text of the error may quote some, so it is cut and redacted.
    frames = "".join(traceback.format_tb(error.__traceback__))
    return {"error": type(error).__name__, "cause": str(error)[:LONGEST_CAUSE], "stack": frames}
