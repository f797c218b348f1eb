"""SMTP in (RFC 5321): as much of it as a client on this machine needs, and patience for none that talks otherwise."""

import re
import socketserver
from typing import cast

from dev.mailbox.letters import Letters

LONGEST_LINE = 4096
LARGEST = 10 * 1024 * 1024
IDLE_SECONDS = 30.0
MOST_RECIPIENTS = 100
PATH = re.compile(rb"(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)
# Any page in a browser can have it send these here, with a whole mail behind them.
OF_HTTP = {b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE"}
MOST_UNKNOWN = 3
GREETED = ("mainstay mailbox", "8BITMIME", "SMTPUTF8", "PIPELINING", f"SIZE {LARGEST}")


class Receiver(socketserver.ThreadingTCPServer):
    """Takes mail on this machine and keeps it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, letters: Letters) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.letters = letters


class Conversation(socketserver.StreamRequestHandler):
    """One client, until it quits, is silent for too long or sends what is no line."""

    timeout = IDLE_SECONDS
    # Answers go out at once.
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Begin without a mail."""
        super().setup()
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.unknown = 0

    def handle(self) -> None:
        """Answer command after command."""
        try:
            self.say(220, "mainstay mailbox")
            while (line := self.rfile.readline(LONGEST_LINE + 1)) and self._obey(line):
                pass
        except (OSError, ValueError):
            # It went away, or fell silent: nobody is left to be told.
            return

    def say(self, code: int, *lines: str) -> None:
        """Answer; every line but the last has a hyphen."""
        last = len(lines) - 1
        answer = "".join(f"{code}{' ' if at == last else '-'}{line}\r\n" for at, line in enumerate(lines))
        self.wfile.write(answer.encode())

    def _obey(self, line: bytes) -> bool:
        """Do what a line says and tell whether to go on."""
        if len(line) > LONGEST_LINE:
            self.say(500, "line too long")
            return False
        verb, _, rest = line.strip().partition(b" ")
        match verb.upper():
            case b"EHLO":
                self._forget()
                self.say(250, *GREETED)
            case b"HELO" | b"RSET":
                self._forget()
                self.say(250, "OK")
            case b"NOOP":
                self.say(250, "OK")
            case b"MAIL":
                self._mail(rest)
            case b"RCPT":
                self._rcpt(rest)
            case b"DATA":
                return self._data()
            case b"QUIT":
                self.say(221, "bye")
                return False
            case other:
                self.say(502, "not known here")
                self.unknown += 1
                return other not in OF_HTTP and self.unknown < MOST_UNKNOWN
        return True

    def _mail(self, rest: bytes) -> None:
        found = PATH.match(rest)
        if found is None or self.sender is not None:
            self.say(501 if found is None else 503, "MAIL FROM:<address>, once")
            return
        self.sender = found[1].decode("utf-8", "replace")
        self.say(250, "OK")

    def _rcpt(self, rest: bytes) -> None:
        found = PATH.match(rest)
        if self.sender is None or found is None or not found[1]:
            self.say(503 if self.sender is None else 501, "RCPT TO:<address>, after MAIL")
        elif len(self.recipients) >= MOST_RECIPIENTS:
            self.say(452, "too many recipients")
        else:
            self.recipients.append(found[1].decode("utf-8", "replace"))
            self.say(250, "OK")

    def _data(self) -> bool:
        if self.sender is None or not self.recipients:
            self.say(503, "RCPT first")
            return True
        self.say(354, "end with a dot on a line of its own")
        content = self._content()
        if content is None:
            self.say(552, "too large")
            return False
        cast("Receiver", self.server).letters.add(self.sender, self.recipients, content)
        self._forget()
        self.say(250, "kept")
        return True

    def _content(self) -> bytes | None:
        """Read up to the dot; None for what is too large. Raises OSError where the client leaves in the middle."""
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(LARGEST)) != b".\r\n":
            if not line:
                raise ConnectionError("left in the middle of a mail")
            size += len(line)
            if size > LARGEST:
                return None
            # A dot at a line's beginning was doubled: RFC 5321, 4.5.2.
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _forget(self) -> None:
        self.sender, self.recipients = None, []
