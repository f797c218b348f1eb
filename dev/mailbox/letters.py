"""What arrived: the last mails, taken apart for reading. Kept in memory, so that a restart is an empty mailbox."""

import re
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

MOST = 500
LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to its envelope's recipients. What cannot be taken apart is shown as it came."""

    id: int
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    headers: list[tuple[str, str]]
    links: list[str]
    raw: bytes = field(repr=False)
    arrived_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))

    def shown(self) -> dict[str, object]:
        """Return it as JSON members."""
        return {
            "id": self.id,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": [list(pair) for pair in self.headers],
            "links": self.links,
            "arrivedAt": self.arrived_at,
        }


class Letters:
    """The last of them, newest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Letter] = deque(maxlen=MOST)
        self._count = 0

    def add(self, sender: str, to: Iterable[str], raw: bytes) -> Letter:
        """Keep one more, whatever is in it."""
        with self._lock:
            self._count += 1
            letter = read(self._count, sender, list(to), raw)
            self._kept.appendleft(letter)
        return letter

    def list(self) -> list[Letter]:
        """Return all that are kept."""
        with self._lock:
            return [*self._kept]

    def find(self, identity: int) -> Letter | None:
        """Return one."""
        return next((each for each in self.list() if each.id == identity), None)

    def clear(self) -> None:
        """Throw them away."""
        with self._lock:
            self._kept.clear()


def read(identity: int, sender: str, to: list[str], raw: bytes) -> Letter:
    """Take a mail apart; Python's parser takes any bytes, and what it stumbles over later is shown as text."""
    parsed = message_from_bytes(raw, policy=policy.default)
    headers = [(name, _header(parsed, name, index)) for index, name in enumerate(parsed.keys())]
    subject = next((value for name, value in headers if name.lower() == "subject"), "")
    text, html = _body(parsed, "plain"), _body(parsed, "html")
    if not text and not html:
        text = raw.decode("utf-8", "replace")
    links = list(dict.fromkeys(each.rstrip(".,;:!?)") for each in LINK.findall(text)))
    return Letter(identity, sender, to, subject, text, html, headers, links, raw)


def _header(parsed: EmailMessage, name: str, index: int) -> str:
    try:
        return str(parsed.values()[index])
    except (ValueError, LookupError, TypeError, AttributeError) as odd:
        return f"({name} cannot be read: {type(odd).__name__})"


def _body(parsed: EmailMessage, kind: str) -> str:
    try:
        part = parsed.get_body((kind,))
        return str(part.get_content()) if part else ""
    except (ValueError, LookupError, TypeError, AttributeError) as odd:
        return f"(this part cannot be read: {type(odd).__name__})"
