"""Mail through a server that speaks SMTP (RFC 5321), over TLS unless it is on this machine."""

import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from shared.addresses import Relay
from shared.config import Misconfigured, Settings
from shared.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from shared.message import Message, Refused
from shared.reply import Hearing

STEP_SECONDS = 10.0
# All answers together: a server that drips is no slower than one that is away.
WHOLE_SECONDS = 25.0
TAKEN = {250, 251, 252}
# RFC 3463, 3.2, and RFC 7505: of 5.1.x these are about whom it goes to, the others about who sends or about nobody.
NO_SUCH_ADDRESS = re.compile(rb"\A5\.1\.(?:1|2|3|6|10)(?![0-9])")
STATED = re.compile(rb"\A[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
# Without such a code, these are what servers say of a mailbox.
OF_A_MAILBOX = {550, 551, 553}
PERMANENT = 500


class _Bounded:
    """What both kinds of connection have: answers are waited for until one deadline, however slowly they drip."""

    file: io.BufferedReader | None
    sock: socket.socket | None

    def _begin(self) -> None:
        self.deadline = time.monotonic() + WHOLE_SECONDS

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(Hearing(self.sock, self.deadline - time.monotonic()))
        return super().getreply()  # type: ignore[misc,no-any-return] # smtplib's, which comes after this class


class _Open(_Bounded, smtplib.SMTP):
    """In the open, and upgraded by STARTTLS where the relay is elsewhere."""

    def __init__(self, relay: Relay) -> None:
        self._begin()
        super().__init__(relay.host, relay.port, timeout=STEP_SECONDS)


class _Implicit(_Bounded, smtplib.SMTP_SSL):
    """TLS from the first byte."""

    def __init__(self, relay: Relay) -> None:
        self._begin()
        super().__init__(relay.host, relay.port, timeout=STEP_SECONDS, context=ssl.create_default_context())


def send(settings: Settings, message: Message) -> str:
    """Send it and return the id that it carries, which is the same for the same idempotency key.

    Raises Unavailable where it was not taken, UpstreamTimeout and UpstreamFailed where nobody knows, Refused where it
    never will be. Nothing here keeps a repeat from being delivered a second time.
    """
    if settings.smtp_relay is None or not settings.mail_from:
        raise Misconfigured("SMTP_URL and MAIL_FROM are needed to send mail by SMTP")
    written, identity = _written(settings, message)
    with _conversation(settings, settings.smtp_relay) as server:
        _expect("the sender", *server.mail(settings.mail_from))
        _address(*server.rcpt(message.to))
        _content(server, written)
    return identity


def _written(settings: Settings, message: Message) -> tuple[bytes, str]:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = message.sender(settings.mail_from)
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = f"<{message.idempotency_key}@{settings.mail_from.rpartition('@')[2]}>"
    # Seven bits, so that no relay on the way has to change it.
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # Written as they are: EmailMessage would break a long address of List-Unsubscribe into encoded words.
    head = "".join(f"{name}: {value}\r\n" for name, value in message.headers.items())
    return head.encode("ascii") + mail.as_bytes(), str(mail["Message-ID"])


@contextmanager
def _conversation(settings: Settings, relay: Relay) -> Iterator[smtplib.SMTP]:
    """Open a connection, prove who we are, and close it whatever happens. What fails in it was not taken."""
    server: smtplib.SMTP | None = None
    try:
        server = _Implicit(relay) if relay.implicit else _Open(relay)
        if relay.upgraded:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.reveal())
        yield server
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(cause=f"smtp: {_said_of(error)}") from error
    finally:
        if server is not None:
            # It has the mail or has refused it; how it takes leave changes neither.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _expect(what: str, code: int, said: bytes) -> None:
    if code not in TAKEN:
        raise Unavailable(cause=f"smtp: {what} was answered {code} {_status(said)}")


def _address(code: int, said: bytes) -> None:
    """Judge the answer to the address; what is not clearly about the address may be about us, and is tried again."""
    if code >= PERMANENT and NO_SUCH_ADDRESS.match(said):
        raise Refused(f"the address was answered {code} {_status(said)}", gone=True)
    if code in OF_A_MAILBOX and not STATED.match(said):
        raise Refused(f"the address was answered {code}", gone=False)
    _expect("the address", code, said)


def _content(server: smtplib.SMTP, written: bytes) -> None:
    try:
        code, said = server.data(written)
    except smtplib.SMTPDataError as error:
        code, said = error.smtp_code, _bytes(error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            raise UpstreamTimeout(cause="smtp: no answer to the content") from error
        raise UpstreamFailed(cause=f"smtp: the content got no answer: {_said_of(error)}") from error
    if code >= PERMANENT:
        raise Refused(f"the content was answered {code} {_status(said)}", gone=False)
    _expect("the content", code, said)


def _said_of(error: Exception) -> str:
    """Return a failure without the server's words, which may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ + (f" {code}" if code else "")


def _status(said: bytes) -> str:
    found = STATED.match(said)
    return found[0].decode() if found else ""


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
