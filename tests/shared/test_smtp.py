import base64
import ssl
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from shared import mail as post
from shared import smtp
from shared.errors import Problem, Unavailable, UpstreamFailed, UpstreamTimeout
from shared.message import Refused
from tests.shared.mails import KEY, MAIL, mail, settings_with
from tests.shared.relay_double import DRIP, HANG_UP, SILENCE, Relay, wait_for
from tests.shared.test_wire_tls import certificate

__all__ = ["certificate"]
Listen = Callable[..., Relay]


@pytest.fixture
def listen() -> Iterator[Listen]:
    made: list[Relay] = []

    def make(**said: object) -> Relay:
        made.append(Relay(**said))  # type: ignore[arg-type] # as the dataclass names them
        return made[-1]

    yield make
    for relay in made:
        relay.close()


def send(relay: Relay, **variables: str) -> str:
    return post.send(settings_with(MAIL_PROVIDER="smtp", SMTP_URL=relay.url, **variables), mail())


def read(relay: Relay) -> EmailMessage:
    assert wait_for(lambda: relay.mails)
    return message_from_bytes(relay.mails[-1].replace(b"\r\n..", b"\r\n."), policy=policy.default)


def test_a_mail_arrives_as_it_was_written(listen: Listen) -> None:
    relay = listen()
    assert send(relay) == f"<{KEY}@example.com>"
    received = read(relay)
    assert received["From"].addresses[0].display_name == "Bücher, Inc. via Mainstay"
    assert [received[name] for name in ("To", "Subject", "Message-ID")] == [
        *("ann@example.com", MAIL["subject"], f"<{KEY}@example.com>")
    ]
    text, html = (received.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    assert text.get_content().splitlines() == MAIL["text"].splitlines()
    assert html.get_content().splitlines() == [MAIL["html"]]
    assert relay.heard[1:3] == ["mail FROM:<post@example.com>", "rcpt TO:<ann@example.com>"]


def test_every_line_fits_and_an_unsubscribe_link_is_in_one_piece(listen: Listen) -> None:
    relay = listen()
    send(relay)
    assert wait_for(lambda: relay.mails)
    assert max(map(len, relay.mails[0].split(b"\r\n"))) <= 998
    assert relay.mails[0].isascii()
    assert f"List-Unsubscribe: {MAIL['headers']['List-Unsubscribe']}\r\n".encode() in relay.mails[0]


def test_a_repeat_carries_the_same_id(listen: Listen) -> None:
    relay = listen()
    assert send(relay) == send(relay)


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ({"": "554 5.3.2 go away"}, "SMTPConnectError 554"),
        ({"": HANG_UP}, "SMTPServerDisconnected"),
        ({"MAIL": "550 5.7.1 not you, ann@example.com"}, "the sender was answered 550 5.7.1"),
        ({"MAIL": "421 4.3.2 later"}, "the sender was answered 421 4.3.2"),
        ({"MAIL": HANG_UP}, "SMTPServerDisconnected"),
        ({"RCPT": "451 4.7.1 greylisted"}, "the address was answered 451 4.7.1"),
        ({"RCPT": "554 5.7.1 <ann@example.com>: Relay access denied"}, "the address was answered 554 5.7.1"),
        ({"RCPT": "550 5.7.26 ann@example.com"}, "the address was answered 550 5.7.26"),
        *(
            ({"RCPT": f"550 {code} about the sender"}, f"the address was answered 550 {code}")
            for code in ("5.1.0", "5.1.4", "5.1.5", "5.1.7", "5.1.8", "5.1.9", "5.1.11", "5.1.16")
        ),
        ({"DATA": "451 4.3.0 no room"}, "the content was answered 451 4.3.0"),
        ({".": "451 4.3.0 no room"}, "the content was answered 451 4.3.0"),
    ],
)
def test_what_was_not_taken_may_be_tried_again(listen: Listen, answers: dict[str, str], cause: str) -> None:
    with pytest.raises(Unavailable) as refused:
        send(listen(answers=answers))
    assert str(refused.value.cause) == f"smtp: {cause}"


@pytest.mark.parametrize(
    ("answers", "gone"),
    [
        ({"RCPT": "550 5.1.1 ann@example.com is unknown"}, True),
        ({"RCPT": "553 5.1.3 bad address"}, True),
        ({"RCPT": "550 5.1.2 no such host"}, True),
        ({"RCPT": "550 5.1.6 moved"}, True),
        ({"RCPT": "556 5.1.10 takes no mail"}, True),
        ({"RCPT": "550 ann@example.com: no such user here"}, False),
        ({".": "554 5.6.0 looks like spam"}, False),
        ({"DATA": "554 no valid recipients"}, False),
    ],
)
def test_what_will_never_be_taken_is_refused(listen: Listen, answers: dict[str, str], *, gone: bool) -> None:
    with pytest.raises(Refused) as refused:
        send(listen(answers=answers))
    assert refused.value.gone is gone
    assert "ann@" not in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "kind"), [(HANG_UP, UpstreamFailed), (SILENCE, UpstreamTimeout), (DRIP, UpstreamTimeout)]
)
def test_without_a_word_on_the_content_nobody_knows(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, answer: str, kind: type[Problem]
) -> None:
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.3)
    relay = listen(answers={".": answer})
    with pytest.raises(kind) as doubt:
        send(relay)
    assert doubt.type is kind
    assert len(relay.mails) == 1


@pytest.mark.parametrize("stage", ["", "EHLO", "MAIL", "RCPT", "QUIT"])
@pytest.mark.parametrize("answer", [SILENCE, DRIP])
def test_no_server_is_waited_for_longer_than_all_steps_may_take(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, stage: str, answer: str
) -> None:
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.3)
    began = time.monotonic()
    if stage == "QUIT":
        assert send(listen(answers={stage: answer}))
    else:
        with pytest.raises(Unavailable):
            send(listen(answers={stage: answer}))
    assert time.monotonic() - began < 2


def test_nobody_there_is_not_taken() -> None:
    with pytest.raises(Unavailable, match="not available"):
        post.send(settings_with(MAIL_PROVIDER="smtp", SMTP_URL="smtp://127.0.0.1:1"), mail())


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return context_of(certificate)


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this machine for another one, to which only TLS may lead."""
    monkeypatch.setattr("shared.addresses.LOOPBACK", set())


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_everything_is_encrypted_and_we_sign_in(
    listen: Listen, trusted: ssl.SSLContext, *, implicit: bool
) -> None:
    relay = listen(tls=trusted, implicit=implicit)
    send(relay, SMTP_USER="mainstay", SMTP_PASSWORD="secret-of-tests")
    assert wait_for(lambda: relay.encrypted == [True])
    assert ("STARTTLS" in relay.heard) is not implicit
    proof = base64.b64encode(b"\0mainstay\0secret-of-tests").decode()
    assert relay.heard.index(f"AUTH PLAIN {proof}") > (0 if implicit else relay.heard.index("STARTTLS"))


@pytest.mark.parametrize(
    "answers", [{"EHLO": "250 relay.example"}, {"STARTTLS": "454 4.7.0 not now"}, {"STARTTLS": HANG_UP}]
)
@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_nothing_is_said_in_the_open(
    listen: Listen, trusted: ssl.SSLContext, answers: dict[str, str]
) -> None:
    relay = listen(tls=trusted, answers=answers)
    with pytest.raises(Unavailable):
        send(relay, SMTP_USER="mainstay", SMTP_PASSWORD="secret-of-tests")
    said = " ".join(relay.heard).upper()
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(said.split(" "))


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.usefixtures("elsewhere")
def test_an_unknown_certificate_is_not_trusted(listen: Listen, certificate: Path, *, implicit: bool) -> None:
    relay = listen(tls=context_of(certificate), implicit=implicit)
    with pytest.raises(Unavailable) as refused:
        send(relay)
    assert "SSLCertVerificationError" in str(refused.value.cause)
    assert relay.mails == []


def test_a_wrong_password_is_the_operators_matter(listen: Listen) -> None:
    relay = listen(answers={"AUTH": "535 5.7.8 wrong", "EHLO": "250-relay.example\r\n250 AUTH PLAIN"})
    with pytest.raises(Unavailable) as refused:
        send(relay, SMTP_USER="mainstay", SMTP_PASSWORD="secret-of-tests")
    assert str(refused.value.cause) == "smtp: SMTPAuthenticationError 535"
