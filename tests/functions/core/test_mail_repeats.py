"""A mail that is tried again: after a fall, a refusal or an answer that never came. Nobody gets it twice, or hardly."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from functions.core.works import WORKS
from shared.addresses import Relay as Address
from shared.addresses import read_relay
from shared.config import Misconfigured
from shared.errors import Unavailable
from shared.gate import Door
from shared.work import Hopeless
from tests.mailing import (
    VISIT,
    Mailing,
    address_of,
    by_resend,
    header,
    invite,
    key,
    mailing,
    organization,
    owner,
    resend,
)
from tests.shared.relay_double import HANG_UP, Relay
from tests.shared.resend_double import Resend
from tests.shared.upstream import Say
from tests.world import Key, Person

__all__ = ["key", "mailing", "organization", "owner", "resend"]


class Fallen(BaseException):
    """The process that had the job is no more."""


@dataclass
class Falling(Door):
    """A door behind which the process falls at its first attempt to say how sending ended."""

    def call(self, function: str, *rest: Any, **more: Any) -> Any:
        if function == "mail_end":
            raise Fallen
        return super().call(function, *rest, **more)


def falling(mailing: Mailing) -> Door:
    return Falling(mailing.settings, VISIT)


def _at(relay: Relay) -> Address | None:
    return read_relay(relay.url)


def test_what_is_done_twice_is_mailed_once(mailing: Mailing, key: Key, owner: Person) -> None:
    for _ in range(3):
        mailing.send(f"key_made:{key.id}")
    assert len(mailing.received(address_of(owner))) == 1
    assert mailing.outcomes(f"key_made:{key.id}") == [("sent", 0)]


def test_a_fall_between_sending_and_noting_mails_once_through_resend(
    mailing: Mailing, resend: Resend, key: Key, owner: Person
) -> None:
    through, row = by_resend(mailing, resend), f"key_made:{key.id}"
    for _ in range(3):
        with pytest.raises(Fallen):
            through.send(row, falling(through))
    # A name that changes meanwhile makes another request of it, which Resend refuses under that key.
    mailing.world.run("update organizations set name = 'Renamed' where id = %s", key.org_id)
    through.send(row)
    assert (resend.asked, [mail["to"] for mail in resend.sent]) == (4, [[address_of(owner)]])
    assert mailing.outcomes(row) == [("sent", 3)]


def test_what_resend_calls_a_mail_is_kept(mailing: Mailing, resend: Resend, key: Key) -> None:
    by_resend(mailing, resend).send(f"key_made:{key.id}")
    kept = (
        "select provider_id from private.mail_deliveries as d"
        " inner join private.outbox as o on o.id = d.outbox_id where o.dedupe_key = %s"
    )
    assert mailing.world.value(kept, f"key_made:{key.id}").startswith("id-of-")


def test_a_fall_between_sending_and_noting_mails_at_most_twice_by_smtp(
    mailing: Mailing, key: Key, owner: Person
) -> None:
    row = f"key_made:{key.id}"
    for _ in range(2):
        with pytest.raises(Fallen):
            mailing.send(row, falling(mailing))
    mailing.send(row, falling(mailing))
    received = mailing.received(address_of(owner))
    assert len(received) == 2
    # By which most mailboxes show the two as one.
    assert len({header(each, "Message-ID") for each in received}) == 1
    assert mailing.outcomes(row) == [("doubtful", 2)]


def test_a_relay_that_hangs_up_on_the_content_is_asked_twice_at_most(mailing: Mailing, key: Key) -> None:
    relay = Relay(answers={".": HANG_UP})
    try:
        through = mailing.using(smtp_relay=_at(relay))
        for _ in range(2):
            with pytest.raises(Exception, match="cannot use"):
                through.send(f"key_made:{key.id}")
        through.send(f"key_made:{key.id}")
    finally:
        relay.close()
    assert len(relay.mails) == 2


def test_what_was_not_taken_is_tried_as_often_as_it_takes(mailing: Mailing, key: Key, owner: Person) -> None:
    row = f"key_made:{key.id}"
    relay = Relay(answers={"MAIL": "421 4.3.2 later"})
    try:
        for _ in range(4):
            with pytest.raises(Unavailable):
                mailing.using(smtp_relay=_at(relay)).send(row)
    finally:
        relay.close()
    assert mailing.outcomes(row) == [(None, 0)]
    mailing.send(row)
    assert len(mailing.received(address_of(owner))) == 1


def test_one_address_that_cannot_be_served_keeps_nobody_from_their_mail(
    mailing: Mailing, resend: Resend, organization: UUID, owner: Person
) -> None:
    second = mailing.world.member(organization, "owner")
    made = mailing.world.key(owner, organization, ["profile:read"])
    through, row = by_resend(mailing, resend), f"key_made:{made.id}"
    resend.refuses[address_of(owner)] = Say({"name": "rate_limit_exceeded"}, status=429)
    with pytest.raises(Unavailable):
        through.send(row)
    assert [mail["to"][0] for mail in resend.sent] == [address_of(second)]
    resend.refuses.clear()
    through.send(row)
    assert [mail["to"][0] for mail in resend.sent] == [address_of(second), address_of(owner)]


def test_an_address_that_is_none_is_not_tried_again_and_gets_nothing_more(
    mailing: Mailing, resend: Resend, key: Key, owner: Person
) -> None:
    through = by_resend(mailing, resend)
    resend.refuses[address_of(owner)] = Say({"name": "validation_error", "message": "Invalid `to` field."}, status=422)
    through.send(f"key_made:{key.id}")
    assert mailing.outcomes(f"key_made:{key.id}") == [("refused", 0)]
    resend.refuses.clear()
    another = mailing.world.key(owner, mailing.world.organization(owner), ["profile:read"])
    through.send(f"key_made:{another.id}")
    assert (resend.sent, mailing.outcomes(f"key_made:{another.id}")) == ([], [("suppressed", 0)])


def test_a_content_that_is_refused_is_left_for_somebody_to_look_at(mailing: Mailing, key: Key) -> None:
    relay = Relay(answers={".": "554 5.6.0 looks like spam"})
    try:
        with pytest.raises(Hopeless, match=r"the content was answered 554 5\.6\.0"):
            mailing.using(smtp_relay=_at(relay)).send(f"key_made:{key.id}")
    finally:
        relay.close()
    assert mailing.outcomes(f"key_made:{key.id}") == [(None, 0)]


def test_a_missing_setting_leaves_no_doubt_behind(mailing: Mailing, owner: Person, organization: UUID) -> None:
    row = invite(mailing, owner, organization, f"{organization}@guests.example.com")
    with pytest.raises(Misconfigured, match="FUNCTIONS_URL"):
        mailing.using(functions_url="").send(row)
    with pytest.raises(Misconfigured, match="MAIL_PROVIDER"):
        mailing.using(mail_provider="none").send(row)
    assert mailing.outcomes(row) == [(None, 0)]


def test_who_has_no_time_left_leaves_the_others_for_the_next_run(
    mailing: Mailing, organization: UUID, owner: Person
) -> None:
    second = mailing.world.member(organization, "owner")
    made = mailing.world.key(owner, organization, ["profile:read"])
    row, answers = f"key_made:{made.id}", iter([True, False])
    task = replace(mailing.task(row), has_time=lambda: next(answers))
    with pytest.raises(Unavailable):
        WORKS[task.job.kind](task)
    assert sum(len(mailing.received(address_of(person))) for person in (owner, second)) == 1
    mailing.send(row)
    assert [len(mailing.received(address_of(person))) for person in (owner, second)] == [1, 1]
