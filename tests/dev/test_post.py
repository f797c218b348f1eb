"""Mail in the embedded stack: Auth's own goes to the mailbox, and its links lead where hosted's do."""

import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from dev import ports, post
from dev.stack import Stack
from dev.summary import describe

PASSWORD = "Correct-horse-7"


def ask(stack: Stack, path: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{stack.url}/auth/v1/{path}", headers={"apikey": stack.publishable_key}, json=body)


def letter_to(stack: Stack, address: str) -> dict[str, Any]:
    """Wait for a mail, which Auth sends in its own time."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        letters = httpx.get(f"{stack.environment()['MAILBOX_URL']}/messages.json").json()
        for letter in letters:
            if letter["to"] == [address]:
                found: dict[str, Any] = letter
                return found
        time.sleep(0.05)
    raise AssertionError("nothing arrived")


def follow(letter: dict[str, Any]) -> dict[str, list[str]]:
    """Follow the link of a mail, and return what the web client is told."""
    (link,) = letter["links"]
    answer = httpx.get(link)
    assert answer.status_code in {302, 303}
    return parse_qs(urlsplit(answer.headers["location"]).fragment)


def test_the_mailbox_is_told_of(stack: Stack) -> None:
    said = stack.environment()
    assert said["MAILBOX_URL"] == f"http://127.0.0.1:{stack.ports.mailbox_page}"
    assert said["MAILBOX_URL"] in describe(said, stack.folder.root)
    assert httpx.get(said["MAILBOX_URL"]).status_code == 200


@pytest.mark.parametrize("path", ["recover", "otp"])
def test_a_link_of_auths_mail_signs_in(stack: Stack, path: str) -> None:
    address = f"{uuid4()}@example.com"
    assert ask(stack, "signup", {"email": address, "password": PASSWORD}).status_code == 200
    assert ask(stack, path, {"email": address}).status_code == 200
    letter = letter_to(stack, address)
    assert letter["from"] == post.SENDER
    assert [link.split("?")[0] for link in letter["links"]] == [f"{stack.url}/auth/v1/verify"]
    assert letter["links"][0] in unescape(letter["html"])
    assert follow(letter)["access_token"]


def test_addresses_are_confirmed_by_mail_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINSTAY_CONFIRM", "true")
    with Stack(tmp_path, ports.free_block(), durable=False, reload=False, quiet=True) as stack:
        address = f"{uuid4()}@example.com"
        assert "access_token" not in ask(stack, "signup", {"email": address, "password": PASSWORD}).json()
        refused = ask(stack, "token?grant_type=password", {"email": address, "password": PASSWORD})
        assert refused.status_code == 400
        assert follow(letter_to(stack, address))["access_token"]
        signed_in = ask(stack, "token?grant_type=password", {"email": address, "password": PASSWORD})
        assert signed_in.status_code == 200
