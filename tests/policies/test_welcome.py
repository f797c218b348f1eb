"""What a sign-up makes, and what no sign-up can break."""

import json
from uuid import uuid4

import pytest

from tests.world import World

SIGN_UP = "insert into auth.users (id, email, email_confirmed_at, is_anonymous, raw_user_meta_data) values (%s, %s, %s, %s, %s)"


def sign_up(world: World, confirmed: str | None = "now", *, anonymous: bool = False, said: object = None) -> str:
    person = str(uuid4())
    world.run(SIGN_UP, person, f"{person}@example.com", confirmed, anonymous, json.dumps(said))
    return person


def counted(world: World, person: str) -> tuple[int, int, int]:
    """Return how many profiles, personal organizations and memberships somebody has."""
    return tuple(
        world.value(f"select count(*)::int from {table} where {column} = %s", person)
        for table, column in (("profiles", "id"), ("organizations", "personal_of"), ("memberships", "user_id"))
    )


def test_a_confirmed_sign_up_makes_a_profile_and_a_personal_organization_that_it_owns(world: World) -> None:
    person = sign_up(world, said={"full_name": "Ada"})
    assert counted(world, person) == (1, 1, 1)
    assert world.value("select display_name from profiles where id = %s", person) == "Ada"
    assert world.value("select role from memberships where user_id = %s", person) == "owner"


@pytest.mark.parametrize(("confirmed", "anonymous"), [(None, False), (None, True), ("now", True)])
def test_unconfirmed_and_anonymous_sign_ups_fill_no_tables(
    world: World, confirmed: str | None, anonymous: bool
) -> None:
    assert counted(world, sign_up(world, confirmed, anonymous=anonymous)) == (0, 0, 0)


def test_confirming_later_makes_them_once(world: World) -> None:
    person = sign_up(world, None)
    for _ in range(3):
        world.run("update auth.users set email_confirmed_at = now() where id = %s", person)
        assert counted(world, person) == (1, 1, 1)


def test_an_anonymous_person_who_stays_gets_them(world: World) -> None:
    person = sign_up(world, "now", anonymous=True)
    world.run("update auth.users set is_anonymous = false where id = %s", person)
    assert counted(world, person) == (1, 1, 1)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"display_name": "x" * 5000}, id="long"),
        pytest.param({"display_name": "  \u0007\u001b[31mred\n"}, id="control characters"),
        pytest.param({"display_name": 42}, id="number"),
        pytest.param({"display_name": ["a"]}, id="list"),
        pytest.param({"display_name": {"a": None}}, id="object"),
        pytest.param({"display_name": None}, id="null"),
        pytest.param({"display_name": "\U0001f600" * 300}, id="wide"),
        pytest.param("a string", id="not an object"),
        pytest.param([], id="a list"),
        pytest.param(None, id="nothing"),
    ],
)
def test_nothing_that_somebody_says_of_themselves_stops_a_sign_up(world: World, said: object) -> None:
    assert counted(world, sign_up(world, said=said)) == (1, 1, 1)


def test_deleting_a_person_takes_what_is_personal_with_them(world: World) -> None:
    person = sign_up(world)
    world.run("delete from auth.users where id = %s", person)
    assert counted(world, person) == (0, 0, 0)
