"""Error reports: taken from clients, freed of secrets, counted by kind, seen and resolved by staff."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.core import error_reports
from tests.functions.deployed import Ask
from tests.shared.asgi import Answer
from tests.shared.fixtures import JWT
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("core")
PATH = "/core/errors/report"
Report = Callable[..., Answer]


@pytest.fixture
def report(ask: Ask, world: World) -> Report:
    """Report an error as a person, somebody new if nobody is named."""

    def send(message: str, person: Person | None = None, **more: Any) -> Answer:
        body = {"message": message, "severity": "low", "category": "tests", **more}
        return ask(error_reports.app, "POST", PATH, person or world.person(), body)

    return send


@pytest.fixture
def word() -> str:
    """What no other test's errors have in common: letters only, as numbers make no kind."""
    return "".join(chr(ord("g") + int(digit, 16)) for digit in uuid4().hex)


def kinds(world: World, word: str) -> list[dict[str, Any]]:
    rows = world.connection.execute(
        "select to_jsonb(r) from private.error_reports as r where message ilike %s order by created_at", [f"%{word}%"]
    )
    return [row[0] for row in rows]


def mails(world: World, kind: dict[str, Any]) -> list[dict[str, Any]]:
    rows = world.connection.execute(
        "select payload from private.outbox where kind = 'mail.error_report' and payload ->> 'report_id' = %s"
        " order by created_at",
        [kind["id"]],
    )
    return [row[0] for row in rows]


def test_a_report_is_taken_and_stored_without_secrets(report: Report, world: World, word: str) -> None:
    answer = report(
        f"{word}: token={JWT} of someone@example.com", metadata={"password": "hunter22", "url": "/x?token=abc123def"}
    )
    assert (answer.status, answer.json()["data"]) == (200, {"received": True})
    [kind] = kinds(world, word)
    assert kind["message"] == f"{word}: token=[hidden] of [hidden]"
    assert kind["metadata"] == {"password": "[hidden]", "url": "/x?token=[hidden]"}
    assert kind["last_request_id"] == answer.headers["x-request-id"]
    assert (kind["severity"], kind["occurrences"], kind["organizations"]) == ("low", 1, 1)


def test_numbers_ids_and_hex_make_no_other_kind(report: Report, world: World, word: str) -> None:
    for message in (
        f"{word}: user 17 at 0x7f00 after 1.5 s",
        f"{word}: User 4711 at 0xffe1  after 20.25 s",
        f"{word.upper()}:\nuser 9 at 0x1 after 0.1 s",
    ):
        assert report(message).status == 200
    for _ in range(2):
        report(f"{word} row {uuid4()} hash {uuid4().hex}")
    report(f"{word} row", category="other")
    first, second, third = kinds(world, word)
    assert (first["occurrences"], second["occurrences"], third["occurrences"]) == (3, 2, 1)


def test_words_make_another_kind(world: World) -> None:
    texts = ["cannot read a", "cannot read b", "deadbeef is not decade", "facade is not decade"]
    found = world.connection.execute("select private.error_kind('c', t) from unnest(%s::text[]) as t", [texts])
    assert len({bytes(row[0]) for row in found}) == 4


def test_a_kind_knows_how_often_from_how_many_and_how_bad(report: Report, world: World, word: str) -> None:
    first, second = world.person(), world.person()
    for person, severity in ((first, "medium"), (first, "high"), (second, "low")):
        report(word, person, severity=severity)
    [kind] = kinds(world, word)
    assert (kind["occurrences"], kind["organizations"], kind["severity"]) == (3, 2, "high")
    assert kind["first_seen_at"] < kind["last_seen_at"]


def test_staff_are_told_by_mail_of_the_first_of_a_kind_that_is_high(report: Report, world: World, word: str) -> None:
    report(word, severity="medium")
    [kind] = kinds(world, word)
    assert mails(world, kind) == []
    for severity in ("high", "critical", "low"):
        report(word, severity=severity)
    assert mails(world, kind) == [{"report_id": kind["id"], "reopened": 0}]


def test_what_was_resolved_and_comes_back_is_opened_and_told_again(report: Report, world: World, word: str) -> None:
    report(word, severity="critical")
    [kind] = kinds(world, word)
    world.run("update private.error_reports set resolved_at = now() where id = %s", kind["id"])
    for _ in range(2):
        report(word)
    [kind] = kinds(world, word)
    assert (kind["resolved_at"], kind["reopened"], kind["occurrences"]) == (None, 1, 3)
    assert [each["reopened"] for each in mails(world, kind)] == [0, 1]


def test_a_flood_of_new_kinds_fills_no_mailbox(report: Report, world: World, word: str) -> None:
    world.run("update private.settings set value = '0' where name = 'error_mails_per_hour'")
    report(word, severity="critical")
    [kind] = kinds(world, word)
    assert mails(world, kind) == []
    world.run("update private.settings set value = '10000' where name = 'error_mails_per_hour'")
    # Nobody was told yet, so that the next one of this kind tells.
    report(word)
    world.run("update private.settings set value = '10' where name = 'error_mails_per_hour'")
    assert len(mails(world, kind)) == 1


def test_one_organization_s_errors_leave_room_for_another_s_mail(report: Report, world: World, word: str) -> None:
    loud, quiet = world.person(), world.person()
    for letter in "ghi":
        report(f"{word} {letter}", loud, severity="critical")
    report(f"{word} real", quiet, severity="critical")
    assert [len(mails(world, kind)) for kind in kinds(world, word)] == [1, 1, 0, 1]


def test_once_too_many_are_mailed_one_says_so(report: Report, world: World, word: str) -> None:
    more = "select count(*) from private.outbox where kind = 'mail.errors_more'"
    world.run("delete from private.outbox where kind = 'mail.errors_more'")
    world.run("update private.settings set value = '0' where name = 'error_mails_per_hour'")
    for letter in "gh":
        report(f"{word} {letter}", severity="critical")
    world.run("update private.settings set value = '10' where name = 'error_mails_per_hour'")
    assert world.value(more) == 1


def test_another_tenant_does_not_overwrite_what_was_reported(report: Report, world: World, word: str) -> None:
    first, second = world.person(), world.person()
    report(f"{word} 1", first, metadata={"of": "first"})
    report(f"{word} 2", second, metadata={"of": "second"})
    [kind] = kinds(world, word)
    assert (kind["message"], kind["metadata"], kind["organizations"]) == (f"{word} 1", {"of": "first"}, 2)
    report(f"{word} 3", first, metadata={"of": "first again"})
    [kind] = kinds(world, word)
    assert (kind["message"], kind["metadata"], kind["occurrences"]) == (f"{word} 3", {"of": "first again"}, 3)


def test_a_new_kind_takes_the_place_of_an_old_one(report: Report, world: World, word: str) -> None:
    report(f"{word} old")
    old = (
        "update private.error_reports set first_seen_at = '2026-01-01', last_seen_at = '2000-01-01' where message = %s"
    )
    world.run(old, f"{word} old")
    world.run("update private.settings set value = '0' where name = 'error_kinds_kept'")
    report(f"{word} new")
    world.run("update private.settings set value = '5000' where name = 'error_kinds_kept'")
    assert [kind["message"] for kind in kinds(world, word)] == [f"{word} new"]


def test_numbers_that_grow_in_the_database_are_cut(report: Report, world: World, word: str) -> None:
    grown = [1e300] * 40
    assert report(word, metadata={"a": grown, "b": grown}).status == 200
    [kind] = kinds(world, word)
    assert kind["metadata"] == {"cut": True}


def test_sentry_is_told_of_the_first_of_a_kind(report: Report, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    double = SimpleNamespace(
        init=lambda **_: None,
        new_scope=lambda: nullcontext(SimpleNamespace(set_tag=lambda *_: None)),
        capture_message=lambda message, **_: told.append(message),
        flush=lambda **_: None,
    )
    # The key is the DSN, of which this process has none.
    monkeypatch.setattr("shared.sentry._begun", {"": double})
    for number in range(3):
        report(f"{word} {number}")
    assert told == [f"{word} 0"]


def test_kinds_are_bounded_and_what_is_over_counts_as_one(report: Report, world: World, word: str) -> None:
    report(f"{word} known")
    world.run("update private.settings set value = '0' where name = 'error_kinds_kept'")
    for text in ("new", "newer", "known"):
        report(f"{word} {text}")
    world.run("update private.settings set value = '5000' where name = 'error_kinds_kept'")
    found = {kind["category"]: kind for kind in kinds(world, word)}
    assert found.keys() == {"tests", "overflow"}
    assert (found["tests"]["occurrences"], found["overflow"]["occurrences"]) == (2, 2)
    world.run("delete from private.error_reports where category = 'overflow'")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": ""}, 400),
        ({"message": "  "}, 400),
        ({"message": 1}, 400),
        ({"severity": "terrible"}, 400),
        ({"category": "some one@example.com"}, 400),
        ({"category": "x" * 65}, 400),
        ({"metadata": []}, 400),
        ({"metadata": "x"}, 400),
        ({"more": 1}, 400),
        ({"metadata": {"x": "y" * 8192}}, 413),
        ({"category": "token:a " * 8}, 200),
    ],
)
def test_what_is_reported_has_a_form_and_a_size(report: Report, body: dict[str, Any], status: int) -> None:
    assert report(**({"message": "x"} | body)).status == status


def test_strangers_report_nothing(ask: Ask) -> None:
    body = {"message": "x", "severity": "low", "category": "tests"}
    assert ask(error_reports.app, "POST", PATH, None, body).status == 401


def test_the_old_name_is_an_alias(ask: Ask, world: World) -> None:
    body = {"message": "x", "severity": "low", "category": "tests"}
    assert ask(error_reports.app, "POST", "/core_error-reporting/report", world.person(), body).status == 200


def test_reports_have_a_limit_of_their_own_and_spend_no_other(report: Report, world: World, word: str) -> None:
    person = world.person()
    answer = report(word, person)
    assert answer.headers["ratelimit-policy"] == '"error-report";q=60;w=600'
    world.run("update private.limits set quantity = 2 where name = 'error-report'")
    statuses = [report(word, person).status for _ in range(3)]
    world.run("update private.limits set quantity = 60 where name = 'error-report'")
    assert statuses[-1] == 429


def test_old_kinds_go_and_their_job_is_scheduled(report: Report, world: World, word: str) -> None:
    report(word)
    report(f"{word} old")
    world.run(
        "update private.error_reports set last_seen_at = now() - interval '91 days' where message = %s", f"{word} old"
    )
    world.run("select set_config('mainstay.function', 'core', false)")
    assert world.value("select backend.jobs_prune_errors()")["error_reports"] >= 1
    assert world.value("select backend.jobs_prune_errors()") == {"error_reports": 0}
    world.run("select set_config('mainstay.function', '', false)")
    assert [kind["message"] for kind in kinds(world, word)] == [word]
    assert world.value("select kind from private.schedules where name = 'prune-errors'") == "errors.prune"


def test_an_organization_that_goes_takes_its_part_and_not_the_kind(report: Report, world: World, word: str) -> None:
    person = world.person()
    report(word, person)
    world.run("delete from auth.users where id = %s", person.id)
    [kind] = kinds(world, word)
    left: UUID | None = world.value(
        "select org_id from private.error_report_organizations where report_id = %s", kind["id"]
    )
    assert left is None
