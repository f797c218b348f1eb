"""Mail from its cause to the mailbox: what people do through our functions, and what they then read."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from dev.stack import Stack
from functions.core.works import WORKS
from shared.work import Job, Task
from tests.journeys.keys import Maker
from tests.mailing import Mailing, address_of, header, mailing
from tests.world import Person, World

__all__ = ["mailing"]


def as_person(world: World, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.sign(person.claims())}"}


def run(mailing: Mailing, kind: str) -> None:
    """Do the work of a schedule, whose job nobody need lease."""
    WORKS[kind](Task(mailing.door, Job(0, kind, {}, "", 1)))


def test_who_is_invited_follows_the_mail_and_joins(maker: Maker, mailing: Mailing) -> None:
    world, guest = mailing.world, mailing.world.person()
    world.run("update profiles set display_name = 'Ada' where id = %s", maker.person.id)
    body = {"orgId": str(maker.organization), "email": address_of(guest), "role": "member"}
    invitation = maker.send("POST", "/auth/invitations", body).json()["data"]
    mailing.send(f"invitation:{invitation['id']}:1")
    (letter,) = mailing.received(address_of(guest))
    assert letter["subject"] == "Invitation to Acme"
    assert header(letter, "From") == "Acme via Mainstay <post@mainstay.localhost>"
    link, unsubscribe = letter["links"]
    page, _, token = link.partition("#token=")
    assert page == "http://127.0.0.1:3000/invitations/accept"
    assert unsubscribe.startswith(mailing.settings.functions_url)
    joined = maker.functions.post("/auth/invitations/accept", headers=as_person(world, guest), json={"token": token})
    assert joined.json()["data"]["orgId"] == str(maker.organization)


def test_an_invitation_that_is_sent_again_is_mailed_again_and_the_first_one_not_late(
    maker: Maker, mailing: Mailing
) -> None:
    address = f"{uuid4()}@guests.example.com"
    body = {"orgId": str(maker.organization), "email": address, "role": "member"}
    invitation = maker.send("POST", "/auth/invitations", body).json()["data"]["id"]
    mailing.wait_for_invitations(address)
    assert maker.send("POST", f"/auth/invitations/{invitation}/resend").status_code == 200
    for send in (1, 2):
        mailing.send(f"invitation:{invitation}:{send}")
    assert len(mailing.received(address)) == 1


def test_who_unsubscribes_in_a_browser_gets_no_further_invitation(maker: Maker, mailing: Mailing, stack: Stack) -> None:
    address = f"{uuid4()}@guests.example.com"
    body = {"orgId": str(maker.organization), "email": address, "role": "member"}
    invitation = maker.send("POST", "/auth/invitations", body).json()["data"]["id"]
    mailing.send(f"invitation:{invitation}:1")
    link = mailing.received(address)[0]["links"][1]
    assert httpx.get(link).status_code == 200
    assert "You are unsubscribed" in httpx.post(link, data={"List-Unsubscribe": "One-Click"}).text
    mailing.wait_for_invitations(address)
    assert maker.send("POST", f"/auth/invitations/{invitation}/resend").status_code == 200
    mailing.send(f"invitation:{invitation}:2")
    assert len(mailing.received(address)) == 1
    said = stack.folder.log("functions-core").read_text()
    assert '"route": "/core/mail/unsubscribe/{token}"' in said
    assert link.rsplit(".", 1)[1] not in said
    assert address not in said


def test_a_key_made_and_one_rotated_are_told_of(maker: Maker, mailing: Mailing) -> None:
    made = maker.make()
    mailing.send(f"key_made:{made['id']}")
    mailing.world.run(
        "update private.outbox set due_at = due_at - interval '15 minutes' where payload ->> 'org_id' = %s",
        str(maker.organization),
    )
    rotated = maker.send("POST", f"/auth/api-keys/{made['id']}/rotate", {}).json()["data"]
    mailing.send(f"key_made:{rotated['id']}")
    texts = [letter["text"] for letter in mailing.received(address_of(maker.person))]
    assert [each["lookup"] in text for each, text in zip((rotated, made), texts, strict=True)] == [True, True]
    assert not any(each["key"] in text for each in (made, rotated) for text in texts)


def test_a_leaked_key_is_told_of(maker: Maker, mailing: Mailing) -> None:
    made = maker.make()
    assert maker.functions.post("/auth/api-keys/revoke", json={"key": made["key"]}).status_code == 200
    mailing.send(f"key_leaked:{made['id']}")
    (letter,) = mailing.received(address_of(maker.person))
    assert letter["subject"] == "An API key of Acme leaked and was ended: ci"
    assert "Where: not known" in letter["text"]


def expiring_rows(mailing: Mailing, key: str) -> list[str]:
    rows = mailing.world.connection.execute(
        "select dedupe_key from private.outbox where kind = 'mail.key_expiring' and payload ->> 'key_id' = %s"
        " order by payload ->> 'days' desc",
        [key],
    )
    return [row[0] for row in rows]


def move(mailing: Mailing, key: str, left: str) -> None:
    """Let time pass for one key: it was made 90 days before it ends, and ends in so long."""
    mailing.world.run(
        "update api_keys set expires_at = now() + %s::interval, created_at = now() + %s::interval - interval '90 days'"
        " where id = %s",
        *(left, left, key),
    )


def test_before_a_key_ends_its_people_are_told_twice_and_once_each_time(maker: Maker, mailing: Mailing) -> None:
    made: str = maker.make()["id"]
    found = []
    for left in ("8 days", "7 days", "7 days", "2 days", "23 hours", "1 minute"):
        if left not in {"2 days", "1 minute"}:
            move(mailing, made, left)
        for _ in range(2):
            run(mailing, "keys.find_expiring")
        found.append(len(expiring_rows(mailing, made)))
    # The second move to 7 days is another moment at which it would end.
    assert found == [0, 1, 2, 2, 3, 3]
    seven, later, one = expiring_rows(mailing, made)
    for row in (seven, later, one):
        mailing.send(row)
    # What was told of moments that are no more is not sent late.
    (letter,) = mailing.received(address_of(maker.person))
    assert letter["subject"] == "An API key of Acme expires within a day: ci"
    assert header(letter, "List-Unsubscribe")


@pytest.mark.parametrize("ended", ["revoke", "rotate"])
def test_of_a_key_that_is_ended_or_replaced_no_end_is_told(maker: Maker, mailing: Mailing, ended: str) -> None:
    made: str = maker.make()["id"]
    move(mailing, made, "3 days")
    run(mailing, "keys.find_expiring")
    (row,) = expiring_rows(mailing, made)
    if ended == "revoke":
        maker.send("DELETE", f"/auth/api-keys/{made}")
    else:
        maker.send("POST", f"/auth/api-keys/{made}/rotate", {"overlapSeconds": 2592000})
    mailing.send(row)
    assert mailing.received(address_of(maker.person)) == []
    other: str = maker.make()["id"]
    maker.send("POST", f"/auth/api-keys/{other}/rotate", {"overlapSeconds": 86000})
    run(mailing, "keys.find_expiring")
    assert expiring_rows(mailing, other) == []


def test_a_key_made_for_a_day_is_not_told_of_as_if_it_had_a_week(maker: Maker, mailing: Mailing) -> None:
    made: str = maker.make()["id"]
    mailing.world.run("update api_keys set expires_at = created_at + interval '20 hours' where id = %s", made)
    run(mailing, "keys.find_expiring")
    assert expiring_rows(mailing, made) == []


def test_who_erases_themselves_is_told_and_then_forgotten(maker: Maker, mailing: Mailing) -> None:
    person = maker.person
    assert maker.send("DELETE", "/auth/account").status_code == 200
    assert mailing.world.value("select count(*) from auth.users where id = %s", person.id) == 0
    row = mailing.row(f"account_erased:{person.id}")
    assert row
    assert row[2] == {"address": address_of(person)}
    mailing.send(f"account_erased:{person.id}")
    (letter,) = mailing.received(address_of(person))
    assert letter["subject"] == "Your account was deleted"
    kept = mailing.row(f"account_erased:{person.id}")
    assert kept
    assert kept[2] == {}
    mailing.send(f"account_erased:{person.id}")
    assert len(mailing.received(address_of(person))) == 1


def test_an_address_that_was_never_mailed_is_forgotten_after_a_week(maker: Maker, mailing: Mailing) -> None:
    person = maker.person
    maker.send("DELETE", "/auth/account")
    row = f"account_erased:{person.id}"
    for age, kept in (("6 days", {"address": address_of(person)}), ("8 days", {})):
        mailing.world.run("update private.outbox set created_at = now() - %s::interval where dedupe_key = %s", age, row)
        run(mailing, "mail.prune")
        found = mailing.row(row)
        assert found
        assert found[2] == kept


def sign_in(world: World, person: Person, agent: str) -> UUID:
    session = uuid4()
    world.run(
        "insert into auth.sessions (id, user_id, aal, user_agent, ip) values (%s, %s, 'aal1', %s, '203.0.113.7')",
        *(session, person.id, agent),
    )
    return session


def test_a_sign_in_from_a_new_device_is_told_of_also_when_it_ends_at_once(mailing: Mailing) -> None:
    world, person = mailing.world, mailing.world.person()
    session = sign_in(world, person, "Mozilla/5.0 (evil) https://evil.example/<b>")
    world.run("delete from auth.sessions where id = %s", session)
    mailing.send(f"new_device:{session}")
    (letter,) = mailing.received(address_of(person))
    assert "Device: Mozilla 5. 0 (evil) evil. example b\r\n" in letter["text"]
    assert "Address: 203.0.113.7\r\n" in letter["text"]


def test_a_sign_in_from_a_known_device_is_not_told_of(mailing: Mailing) -> None:
    world, person = mailing.world, mailing.world.person()
    sign_in(world, person, "Firefox")
    again = sign_in(world, person, "Firefox")
    assert mailing.row(f"new_device:{again}") is None


def test_staff_are_told_of_an_error(mailing: Mailing) -> None:
    world, staff = mailing.world, mailing.world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", staff.id)
    report: Any = uuid4()
    world.run(
        "insert into private.error_reports (id, fingerprint, category, message, severity, metadata)"
        " values (%s, sha256(%s::text::bytea), 'checkout', 'it <b>broke</b>', 'high', '{}')",
        *(report, str(report)),
    )
    world.run(
        "insert into private.outbox (kind, dedupe_key, payload) values"
        " ('mail.error_report', %s, jsonb_build_object('report_id', %s::uuid, 'reopened', 0))",
        *(f"error_report:{report}:0", str(report)),
    )
    mailing.send(f"error_report:{report}:0")
    (letter,) = mailing.received(address_of(staff))
    # Anybody with an account can write an error: nothing of what they wrote is in the mail.
    assert letter["subject"] == "A new error (high)"
    assert not any(word in letter[part] for word in ("broke", "checkout") for part in ("subject", "html", "text"))
    assert str(report) in letter["text"]
    assert letter["links"] == [f"{mailing.settings.functions_url}/core/dashboard"]
    world.run("delete from private.staff where user_id = %s", staff.id)
