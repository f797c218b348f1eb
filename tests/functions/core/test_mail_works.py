"""The work on mail against the run's database: who gets it, who does not any more, and that nobody gets it twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.core import mail_text, mail_works
from functions.core.mail_text import Letter
from shared.work import Hopeless
from tests.mailing import (
    Mailing,
    address_of,
    header,
    invite,
    key,
    mailing,
    organization,
    owner,
    resend,
)
from tests.world import Key, Person

__all__ = ["key", "mailing", "organization", "owner", "resend"]


def test_maker_and_owners_are_told_of_a_key_and_nobody_else(
    mailing: Mailing, organization: UUID, owner: Person
) -> None:
    world = mailing.world
    maker, second, member = (world.member(organization, role) for role in ("admin", "owner", "member"))
    banned, unconfirmed = (world.member(organization, "owner") for _ in range(2))
    world.run("update auth.users set banned_until = 'infinity' where id = %s", banned.id)
    world.run("update auth.users set email_confirmed_at = null where id = %s", unconfirmed.id)
    made = world.key(maker, organization, ["profile:read"])
    mailing.send(f"key_made:{made.id}")
    for person in (maker, owner, second):
        (letter,) = mailing.received(address_of(person))
        assert letter["subject"] == "A new API key in Acme b: key"
        assert made.lookup in letter["text"]
        assert made.secret not in letter["text"] + letter["html"]
        assert header(letter, "From") == "Acme b via Mainstay <post@mainstay.localhost>"
        assert header(letter, "Auto-Submitted") == "auto-generated"
        # What tells of danger goes to everybody.
        assert header(letter, "List-Unsubscribe") is None
    for person in (member, banned, unconfirmed):
        assert mailing.received(address_of(person)) == []


def test_a_personal_organization_lends_no_name_to_the_sender(mailing: Mailing, owner: Person) -> None:
    made = mailing.world.key(owner, owner.personal_org, ["profile:read"])
    mailing.send(f"key_made:{made.id}")
    (letter,) = mailing.received(address_of(owner))
    assert header(letter, "From") == "Mainstay <post@mainstay.localhost>"


def test_a_maker_who_left_is_told_nothing(mailing: Mailing, organization: UUID, owner: Person) -> None:
    maker = mailing.world.member(organization, "admin")
    made = mailing.world.key(maker, organization, ["profile:read"])
    mailing.world.run("delete from memberships where user_id = %s and org_id = %s", maker.id, organization)
    mailing.send(f"key_made:{made.id}")
    assert (len(mailing.received(address_of(maker))), len(mailing.received(address_of(owner)))) == (0, 1)


# A soft hyphen, a mark of direction, a private letter, a tag, and an emoji newer than this Python.
ODD = "x\u00ad\u061c\ue000\U000e0041y \U0001fae8"


def test_no_name_keeps_people_from_being_told(mailing: Mailing, organization: UUID, owner: Person) -> None:
    made = mailing.world.key(owner, organization, ["profile:read"])
    mailing.world.run("update api_keys set name = %s where id = %s", ODD, made.id)
    mailing.world.run("update profiles set display_name = %s where id = %s", ODD, owner.id)
    mailing.world.run("update organizations set name = %s where id = %s", "Acme\u00ad" + "\u2800" * 90, organization)
    mailing.send(f"key_made:{made.id}")
    (letter,) = mailing.received(address_of(owner))
    assert letter["subject"] == "A new API key in Acme: x y \U0001fae8"
    assert "x y \U0001fae8 made an API key." in letter["text"]
    assert header(letter, "From") == "Acme via Mainstay <post@mainstay.localhost>"


def test_what_cannot_be_written_for_one_keeps_nobody_else_from_theirs_and_is_not_tried_again(
    mailing: Mailing, organization: UUID, owner: Person, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = mailing.world.member(organization, "owner")
    written: list[Any] = []

    def write(*told: Any, **more: Any) -> Letter:
        written.append(told)
        if len(written) == 1:
            raise ValueError("a value that no mail can hold")
        return mail_text.write(*told, **more)

    monkeypatch.setattr(mail_works, "write", write)
    with pytest.raises(Hopeless, match=r"^not written: ValueError$"):
        mailing.send(f"key_made:{key.id}")
    assert sorted(len(mailing.received(address_of(person))) for person in (owner, second)) == [0, 1]


def made_before(mailing: Mailing, organization: UUID, minutes: int) -> None:
    """Let time pass since keys were made, and since people were told of them."""
    ago = f"{minutes} minutes"
    mailing.world.run("update api_keys set created_at = created_at - %s::interval where org_id = %s", ago, organization)
    mailing.world.run(
        "update private.outbox set due_at = due_at - %s::interval,"
        " payload = payload || jsonb_build_object('since', (payload ->> 'since')::timestamptz - %s::interval)"
        " where payload ->> 'org_id' = %s::text",
        *(ago, ago, str(organization)),
    )


def test_who_makes_keys_in_a_loop_mails_everybody_twice_in_a_quarter_of_an_hour(
    mailing: Mailing, organization: UUID, owner: Person, key: Key
) -> None:
    world = mailing.world
    made_before(mailing, organization, 5)
    for _ in range(12):
        world.key(owner, organization, ["profile:read"])
    rows = "select dedupe_key from private.outbox where kind like 'mail.key%%' and payload ->> 'org_id' = %s order by 1"
    first, more = (row[0] for row in world.connection.execute(rows, [str(organization)]))
    assert first == f"key_made:{key.id}"
    due = (
        "select j.run_at - now() from private.jobs as j"
        " inner join private.outbox as o on o.id = (j.payload ->> 'outbox_id')::uuid where o.dedupe_key = %s"
    )
    assert timedelta(minutes=9) < world.value(due, more) <= timedelta(minutes=10)
    made_before(mailing, organization, 10)
    mailing.send(more)
    (letter,) = mailing.received(address_of(owner))
    assert letter["subject"] == "More API keys in Acme b: 12"


@pytest.mark.parametrize("address", ["a,b@example.com", "<x>@example.com", "ännchen@example.com"])
def test_an_address_that_could_forge_a_header_is_never_used(
    mailing: Mailing, owner: Person, organization: UUID, address: str
) -> None:
    row = invite(mailing, owner, organization, address)
    mailing.send(row)
    assert mailing.outcomes(row) == [("refused", 0)]


def test_an_invitation_under_a_retired_pepper_is_hopeless(mailing: Mailing, owner: Person, organization: UUID) -> None:
    address = f"{organization}@guests.example.com"
    row = invite(mailing, owner, organization, address)
    mailing.world.run(
        "update private.invitation_digests set pepper_version = 9"
        " where invitation_id = (select id from invitations where email = %s)",
        address,
    )
    with pytest.raises(Hopeless, match="pepper 9 was retired"):
        mailing.send(row)
    assert mailing.received(address) == []


@pytest.mark.parametrize(
    "since",
    [
        "accepted_at = now()",
        "revoked_at = now()",
        "sends = 2",
        "expires_at = now() - interval '1 second'",
    ],
)
def test_an_invitation_that_has_ended_or_was_sent_again_is_not_mailed(
    mailing: Mailing, owner: Person, organization: UUID, since: str
) -> None:
    address = f"{organization}@guests.example.com"
    row = invite(mailing, owner, organization, address)
    mailing.world.run(f"update invitations set {since} where email = %s", address)
    mailing.send(row)
    assert (mailing.received(address), mailing.outcomes(row)) == ([], [])


def test_of_what_is_gone_nobody_is_told(mailing: Mailing, key: Key) -> None:
    mailing.task(f"key_made:{key.id}")
    mailing.world.run("update private.jobs set run_at = now() where payload ->> 'outbox_id' is not null")
    mailing.world.run("delete from api_keys where id = %s", key.id)
    mailing.send(f"key_made:{key.id}")
    assert mailing.outcomes(f"key_made:{key.id}") == []


def test_where_a_leaked_key_was_found_is_told_as_text(mailing: Mailing, key: Key, owner: Person) -> None:
    mailing.world.run(
        "insert into private.outbox (kind, dedupe_key, payload) values ('mail.key_leaked', %s, jsonb_build_object("
        "'key_id', %s::uuid, 'finder', 'github', 'where', 'https://github.com/a/b?<script>'))",
        *(f"key_leaked:{key.id}", str(key.id)),
    )
    mailing.send(f"key_leaked:{key.id}")
    (letter,) = mailing.received(address_of(owner))
    assert "Where: https://github.com/a/b?<script>\r\n" in letter["text"]
    assert "by GitHub" in letter["text"]
    assert "<script>" not in letter["html"]
