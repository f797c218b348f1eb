import unicodedata
from email.headerregistry import Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.message import Refused, plain_name
from tests.shared.mails import mail


@pytest.mark.parametrize(
    "to", ["ann@example.com,bob@example.com", "Ann <ann@example.com>", "ann@example.com\r\nBcc: b@c.de", ""]
)
def test_what_is_no_single_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(Refused) as refused:
        mail(to=to)
    assert refused.value.gone
    assert "ann@" not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"X-A": "one\r\nBcc: bob@example.com"}},
        {"headers": {"X-A\r\nBcc": "bob@example.com"}},
        {"headers": {"X-A": "ü"}},
        {"headers": {"X-A": "x" * 901}},
        {"headers": {"X A": "b"}},
        {"idempotency_key": "a b"},
        {"idempotency_key": "x\r\nX-Evil: 1" + "x" * 16},
    ],
)
def test_nothing_adds_a_line_to_the_head(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="header"):
        mail(**changes)


# Category by category what breaks a line, is not seen or is each font's own, and what no Unicode of this Python knows.
UNPRINTABLE = {
    kind: "".join(each for each in map(chr, range(0x110000)) if unicodedata.category(each) == kind)
    for kind in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
}
NEWER = "\U0001fae8"


@pytest.mark.parametrize("kind", UNPRINTABLE)
def test_no_character_keeps_a_mail_from_being_written(kind: str) -> None:
    written = mail(subject=f"Hello{UNPRINTABLE[kind]}there", sender_name=f"Acme{UNPRINTABLE[kind]}Inc.")
    assert written.subject == "Hello there"
    assert written.sender("post@example.com").display_name == "Acme Inc."
    assert plain_name(f"Acme{UNPRINTABLE[kind]}Inc.") == "Acme Inc."


def test_an_emoji_newer_than_this_python_is_shown() -> None:
    assert not NEWER.isprintable()
    assert (mail(subject=NEWER).subject, plain_name(f"Acme {NEWER}")) == (NEWER, f"Acme {NEWER}")


def test_the_domain_of_an_address_is_written_in_ascii() -> None:
    assert mail(to="ann@bücher.example").to == "ann@xn--bcher-kva.example"


def test_a_name_is_quoted_where_it_must_be() -> None:
    assert str(mail().sender("post@example.com")) == '"Bücher, Inc. via Mainstay" <post@example.com>'


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("  Acme \n Inc.  ", "Acme Inc."),
        ('Bank" <security@bank.example>', "Bank security bank. example"),
        ("Win at https://evil.example/x now", "Win at evil. example x now"),
        ("www.evil.example", "evil. example"),
        ("evil.example", "evil. example"),
        ("evil\uff0eexample, evil\u3002example", "evil\uff0e example, evil\u3002 example"),
        ("10.0.0.1:8080", "10. 0. 0. 1: 8080"),
        ("mailto:ann@evil.example", "ann evil. example"),
        ("ann\uff20evil.example", "ann evil. example"),
        ("tel:+12025550123", "+12025550123"),
        ("//evil/x", "evil x"),
        ("J. P. Morgan & Co.", "J. P. Morgan & Co."),
        ("Acme, Inc. (Berlin)", "Acme, Inc. (Berlin)"),
        ("javascript://x", "x"),
        ("left\u202eright\u200b", "left right"),
        ("x" * 300, "x" * 40),
        *((f"Acme{blank * 90}Inc.", "Acme Inc.") for blank in "\u2800\u3164\u115f\u1160\uffa0\u034f\U000e0041"),
        ("<>", ""),
    ],
)
def test_a_name_that_somebody_chose_is_one_line_without_addresses_or_links(chosen: str, shown: str) -> None:
    assert plain_name(chosen) == shown


@given(st.text(max_size=200))
def test_any_name_makes_a_sender(name: str) -> None:
    sender = mail(sender_name=name).sender("post@example.com")
    assert isinstance(sender, Address)
    assert sender.addr_spec == "post@example.com"
    assert not {"\r", "\n", "<", ">", '"', "@"} & set(sender.display_name)
