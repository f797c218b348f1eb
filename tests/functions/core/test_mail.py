"""Unsubscribing without signing in, by a link that only we can have made."""

from uuid import UUID, uuid4

import pytest

from functions.core import mail
from functions.core.mail_links import unsubscribe_link
from shared import tokens
from shared.admission import admit
from shared.app import App, build
from shared.values import Pepper
from tests.mailing import Mailing, header, invite, key, mailing, organization, owner
from tests.shared.asgi import ask
from tests.world import Key, Person

__all__ = ["key", "mailing", "organization", "owner"]
FORM = ("Content-Type", "application/x-www-form-urlencoded")
ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
def app(mailing: Mailing) -> App:
    return build(mail.endpoints, admit=admit, settings=lambda: mailing.settings)


@pytest.fixture
def invited(mailing: Mailing, owner: Person, organization: UUID) -> tuple[str, str]:
    """Invite an address and mail it; return the address and the path of its unsubscribe link."""
    address = f"{uuid4()}@guests.example.com"
    mailing.send(invite(mailing, owner, organization, address))
    said = header(mailing.received(address)[0], "List-Unsubscribe") or ""
    assert said.startswith(f"<{mailing.settings.functions_url}/core/mail/unsubscribe/")
    return address, said.strip("<>").removeprefix(mailing.settings.functions_url)


def test_looking_at_the_link_changes_nothing(app: App, mailing: Mailing, invited: tuple[str, str]) -> None:
    address, path = invited
    page = ask(app, "GET", path)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.body.decode()
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    kept = "select count(*) from private.mail_suppressions where address_digest = private.address_digest(%s)"
    assert mailing.world.value(kept, address) == 0


@pytest.mark.parametrize("body", [ONE_CLICK, b"", b"--x\r\nContent-Disposition: form-data"])
def test_one_click_stops_mail_of_that_kind_and_of_no_other(
    app: App, mailing: Mailing, owner: Person, organization: UUID, invited: tuple[str, str], body: bytes
) -> None:
    address, path = invited
    answers = [ask(app, "POST", path, [FORM], body) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert "You are unsubscribed" in answers[0].body.decode()
    mailing.world.run("delete from invitations where email = %s", address)
    again = invite(mailing, owner, organization, address.upper().replace("EXAMPLE", "example").lower())
    mailing.send(again)
    assert (len(mailing.received(address)), mailing.outcomes(again)) == (1, [("suppressed", 0)])
    kept = mailing.world.connection.execute(
        "select reason, category from private.mail_suppressions where address_digest = private.address_digest(%s)",
        [f" {address.upper()}"],
    ).fetchall()
    assert kept == [("unsubscribed", "invitations")]
    mailing.world.run("delete from private.mail_suppressions where reason = 'unsubscribed'")


def test_headers_are_those_of_rfc_8058(mailing: Mailing, invited: tuple[str, str]) -> None:
    letter = mailing.received(invited[0])[0]
    assert header(letter, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert invited[1] in letter["text"]
    assert invited[1] in letter["html"]


def _forged(delivery: UUID, pepper: Pepper, purpose: str = "unsubscribe") -> str:
    return f"/core/mail/unsubscribe/{delivery}.{tokens.derive(purpose, delivery, pepper)}"


def test_only_our_own_links_lead_anywhere(app: App, mailing: Mailing, invited: tuple[str, str], key: Key) -> None:
    _, path = invited
    delivery, ours = UUID(path.split("/")[-1].split(".")[0]), mailing.settings.peppers[0]
    mailing.send(f"key_made:{key.id}")
    essential = mailing.world.value("select id from private.mail_deliveries where category is null limit 1")
    wrong = [
        *(path[:-1] + ("A" if path[-1] != "A" else "B"), path + "x", "/core/mail/unsubscribe/x", path.upper()),
        *(_forged(delivery, Pepper(1, b"x" * 32)), _forged(delivery, ours, "invitation")),
        "/core/mail/unsubscribe/" + path.split("/")[-1].replace(str(delivery), str(uuid4())),
    ]
    for each in wrong:
        assert {ask(app, method, each).status for method in ("GET", "POST")} == {404}
    # What everybody gets cannot be unsubscribed from, whoever makes a link; nor what was never sent.
    for nothing in (essential, uuid4()):
        assert ask(app, "POST", _forged(nothing, ours)).status == 404


def test_a_link_made_under_an_older_pepper_still_works(mailing: Mailing, invited: tuple[str, str]) -> None:
    rotated = mailing.using(api_key_peppers=(Pepper(2, b"n" * 32), *mailing.settings.peppers))
    app = build(mail.endpoints, admit=admit, settings=lambda: rotated.settings)
    assert ask(app, "GET", invited[1]).status == 200
    newer = unsubscribe_link(rotated.settings, uuid4()).removeprefix(rotated.settings.functions_url)
    assert ask(app, "GET", newer).status == 200
