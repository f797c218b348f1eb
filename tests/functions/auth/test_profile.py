import pytest

from functions.auth import profile
from shared import keys
from tests.functions.deployed import Ask
from tests.functions.rows import PROFILE
from tests.shared.asgi import Answer
from tests.shared.asgi import ask as ask_app
from tests.shared.fixtures import BEARER, KEY_ADMITTED, PERSON_ADMITTED, PERSON_ID
from tests.shared.upstream import Say, Upstream
from tests.world import World

pytestmark = pytest.mark.usefixtures("environment")
KEY_HEADER = ("X-API-Key", keys.make("mainstay", live=False)[1].reveal())
SHOWN = {
    "id": PERSON_ID,
    "displayName": "Ann",
    "avatarUrl": None,
    "createdAt": "2026-11-21T02:31:00.123456Z",
    "updatedAt": "2026-11-21T02:31:00Z",
}


@pytest.mark.parametrize(("header", "admitted"), [(BEARER, PERSON_ADMITTED), (KEY_HEADER, KEY_ADMITTED)])
def test_a_person_and_their_key_read_the_same_profile_in_two_trips(
    upstream: Upstream, header: tuple[str, str], admitted: object
) -> None:
    upstream.script = [Say(admitted), Say([PROFILE])]
    answer = ask_app(profile.app, "GET", "/functions/v1/auth/profile", [header])
    assert (answer.status, answer.json()["data"]) == (200, SHOWN)
    assert len(upstream.asked) == 2
    work = upstream.asked[1]
    assert work.path.startswith("/rest/v1/profiles?")
    assert f"id=eq.{PERSON_ID}" in work.path
    assert "x-act-as" not in work.headers
    assert ("authorization" in work.headers) is (header is BEARER)
    assert upstream.connections == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [([], 401), ([BEARER, KEY_HEADER], 400), ([("X-API-Key", KEY_HEADER[1][:-1] + "!")], 401)],
)
def test_what_can_be_refused_without_the_database_is(
    upstream: Upstream, headers: list[tuple[str, str]], status: int
) -> None:
    assert ask_app(profile.app, "GET", "/auth/profile", headers).status == status
    assert upstream.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_admitted_costs_one_trip(upstream: Upstream, status: int) -> None:
    upstream.script = [Say({"admitted": False, "status": status, "reason": "scope_missing", "message": "Ask for it."})]
    answer = ask_app(profile.app, "GET", "/auth/profile", [KEY_HEADER])
    assert (answer.status, answer.message) == (status, "Ask for it.")
    assert len(upstream.asked) == 1


def test_a_profile_that_no_policy_shows_is_not_found(upstream: Upstream) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say([])]
    assert ask_app(profile.app, "GET", "/auth/profile", [BEARER]).code == "NOT_FOUND"


def test_a_key_revoked_between_the_two_trips_is_refused(upstream: Upstream) -> None:
    upstream.script = [Say(KEY_ADMITTED), Say({"code": "PT401", "message": "This key was revoked."}, status=401)]
    answer = ask_app(profile.app, "GET", "/auth/profile", [KEY_HEADER])
    assert (answer.status, answer.message) == (401, "This key was revoked.")


def test_when_the_database_is_away_nobody_comes_in(upstream: Upstream) -> None:
    upstream.script = [Say(silent=True), Say(silent=True)]
    answer = ask_app(profile.app, "GET", "/auth/profile", [BEARER])
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")


def test_a_row_of_another_shape_is_our_fault_and_not_shown(
    upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say([PROFILE | {"created_at": "hunter22"}])]
    answer = ask_app(profile.app, "GET", "/auth/profile", [BEARER])
    assert answer.code == "INTERNAL_ERROR"
    assert "hunter22" not in answer.body.decode() + capsys.readouterr().out


def test_people_change_what_they_send_and_nothing_else(ask: Ask, world: World) -> None:
    person = world.person()

    def patch(body: object) -> Answer:
        return ask(profile.app, "PATCH", "/auth/profile", person, body)

    assert patch({"displayName": " Ada "}).json()["data"]["displayName"] == "Ada"
    changed = patch({"avatarUrl": "https://example.com/a.png"}).json()["data"]
    assert (changed["displayName"], changed["avatarUrl"]) == ("Ada", "https://example.com/a.png")
    assert patch({"avatarUrl": None}).json()["data"]["avatarUrl"] is None
    assert patch({}).json()["data"]["displayName"] == "Ada"
    for bad in (
        {"displayName": None},
        {"displayName": "x" * 101},
        {"avatarUrl": "javascript:alert(1)"},
        {"id": str(person.id)},
    ):
        assert patch(bad).status == 400
    world.run("delete from profiles where id = %s", person.id)
    assert patch({"displayName": "Ada"}).status == 404
