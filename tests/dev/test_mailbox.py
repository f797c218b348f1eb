"""The mailbox: what is sent on this machine is seen, whatever it is, and by nobody else's pages."""

import pytest

from dev.mailbox import receiver
from dev.mailbox.letters import MOST, Letters
from tests.dev.letterbox import Mailbox, mailbox

__all__ = ["mailbox"]


def test_a_mail_is_listed_and_shown(mailbox: Mailbox) -> None:
    mailbox.send("Hello, see https://app.example.com/a#token=x.", "<p>Hello</p>", Subject="Grüße <b>")
    (letter,) = mailbox.letters()
    assert (letter["from"], letter["to"], letter["subject"]) == ("post@example.com", ["ann@example.com"], "Grüße <b>")
    assert letter["links"] == ["https://app.example.com/a#token=x"]
    assert ["Subject", "Grüße <b>"] in letter["headers"]  # type: ignore[operator] # a list
    listing, reading = mailbox.page.get("/").text, mailbox.page.get(f"/messages/{letter['id']}").text
    for page in (listing, reading):
        assert "Grüße &lt;b&gt;" in page
        assert "<b>" not in page
    assert f'src="/messages/{letter["id"]}/html"' in reading
    assert mailbox.page.get(f"/messages/{letter['id']}/html").text.strip() == "<p>Hello</p>"
    assert b"Subject" in mailbox.page.get(f"/messages/{letter['id']}/raw").content


def test_what_a_mail_holds_runs_and_loads_nothing(mailbox: Mailbox) -> None:
    mailbox.send("x", "<script>alert(1)</script><img src='https://evil.example/pixel'>", Subject="</title><script>")
    page, frame = mailbox.page.get("/messages/1"), mailbox.page.get("/messages/1/html")
    assert "<script>" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    said = frame.headers["content-security-policy"]
    assert said.startswith("sandbox allow-popups")
    assert "default-src 'none'" in said
    assert "allow-scripts" not in said + page.text
    assert "allow-same-origin" not in said + page.text
    for answer in (page, frame, mailbox.page.get("/")):
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_only_pages_of_this_machine_may_ask(mailbox: Mailbox) -> None:
    mailbox.send()
    assert mailbox.page.get("/messages.json", headers={"Host": "evil.example"}).status_code == 403
    assert mailbox.page.post("/clear", headers={"Origin": "https://evil.example"}).status_code == 403
    assert len(mailbox.letters()) == 1
    cleared = mailbox.page.post("/clear", headers={"Origin": str(mailbox.page.base_url).rstrip("/")})
    assert (cleared.status_code, cleared.headers["location"]) == (303, "/")
    assert mailbox.letters() == []
    assert "No mail yet" in mailbox.page.get("/").text


@pytest.mark.parametrize("path", ["/nothing", "/messages/7", "/messages/7/html", "/messages/x", "/messages/1/../1"])
def test_what_is_not_there_is_not_found(mailbox: Mailbox, path: str) -> None:
    assert mailbox.page.get(path).status_code == 404
    assert mailbox.page.post(path).status_code == 404


HEAD = (b"EHLO x\r\n", b"MAIL FROM:<a@b.co>\r\n", b"RCPT TO:<c@d.co>\r\n", b"DATA\r\n")
GARBAGE = [
    b"\xff\xfe\x00 no header at all\r\n",
    b"",
    b"Subject: =?utf-8?b?!!!?=\r\n\r\nx\r\n",
    b"Content-Type: text/plain; charset=nonsense\r\n\r\nx\r\n",
    b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n--x--\r\n",
    b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
    b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n",
    b"To: a@\r\nFrom: <<>>\r\nDate: never\r\nMessage-ID: <\r\n\r\n..two dots\r\n",
    b"Content-Type: multipart/mixed; boundary=" + b"x" * 2000 + b"\r\n\r\n",
]


@pytest.mark.parametrize("content", GARBAGE)
def test_whatever_is_mailed_can_be_looked_at(mailbox: Mailbox, content: bytes) -> None:
    assert b"250 kept" in mailbox.say(*HEAD, content, b".\r\nQUIT\r\n")
    assert len(mailbox.letters()) == 1
    for path in ("/", "/messages/1", "/messages/1/html", "/messages/1/raw"):
        assert mailbox.page.get(path).status_code == 200


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ([b"\x00\xff\xfe\r\n"], b"502"),
        ([b"MAIL FROM:a@b.co\r\n"], b"501"),
        ([b"RCPT TO:<a@b.co>\r\n"], b"503"),
        ([b"MAIL FROM:<>\r\n", b"RCPT TO:<>\r\n"], b"501"),
        ([b"DATA\r\n"], b"503"),
        ([b"MAIL FROM:<a@b.co>\r\n", b"MAIL FROM:<a@b.co>\r\n"], b"503"),
        ([b"NOOP " + b"x" * 5000 + b"\r\n"], b"500"),
        ([b"GET / HTTP/1.1\r\n"], b"502"),
        ([*HEAD, b"no end"], b"354"),
        ([b"MAIL FROM:<a@b.co>\r\n", *[b"RCPT TO:<c@d.co>\r\n"] * 101], b"452"),
    ],
)
def test_who_talks_nonsense_is_told_so_and_harms_nobody(mailbox: Mailbox, lines: list[bytes], answer: bytes) -> None:
    assert answer in mailbox.say(*lines)
    assert mailbox.letters() == []
    mailbox.send()
    assert len(mailbox.letters()) == 1


@pytest.mark.parametrize("verb", [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH"])
def test_a_browsers_request_plants_no_mail(mailbox: Mailbox, verb: bytes) -> None:
    mail = (*HEAD, b"Subject: planted\r\n\r\nx\r\n", b".\r\n")
    mailbox.say(verb + b" / HTTP/1.1\r\n", b"Host: 127.0.0.1\r\n", b"\r\n", *mail)
    assert mailbox.letters() == []


def test_who_says_three_words_that_are_not_known_is_not_heard_further(mailbox: Mailbox) -> None:
    mail = (*HEAD, b"Subject: planted\r\n\r\nx\r\n", b".\r\n")
    assert mailbox.say(b"Host: x\r\n", b"Origin: y\r\n", b"\r\n", *mail).count(b"502") == 3
    assert mailbox.letters() == []
    assert b"250 kept" in mailbox.say(b"VRFY x\r\n", b"HELP\r\n", *mail)
    assert len(mailbox.letters()) == 1


def test_what_is_too_large_is_not_kept(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "LARGEST", 1000)
    assert b"552" in mailbox.say(*HEAD, b"x" * 400 + b"\r\n", b"y" * 700 + b"\r\n", b".\r\n")
    assert mailbox.letters() == []


def test_dots_at_the_beginning_of_a_line_arrive_as_they_were(mailbox: Mailbox) -> None:
    mailbox.send(".\n..two\n")
    assert str(mailbox.letters()[0]["text"]).splitlines() == [".", "..two"]


def test_only_the_last_mails_are_kept() -> None:
    letters = Letters()
    for number in range(MOST + 5):
        letters.add("a@b.co", ["c@d.co"], f"Subject: {number}\r\n\r\n".encode())
    kept = letters.list()
    assert (len(kept), kept[0].subject, letters.find(1)) == (MOST, str(MOST + 4), None)
