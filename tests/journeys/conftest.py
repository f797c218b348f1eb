from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.keys import Maker
from tests.world import World


@pytest.fixture
def maker(world: World, functions: httpx.Client) -> Maker:
    person = world.person()
    return Maker(world, functions, person, world.organization(person))


@pytest.fixture
def no_limits(world: World) -> Iterator[None]:
    """Let everybody do as much as they like, for as long as the test runs."""
    kept = world.connection.execute("select quantity, name from private.limits").fetchall()
    world.run("update private.limits set quantity = 1000000")
    yield
    with world.connection.cursor() as cursor:
        cursor.executemany("update private.limits set quantity = %s where name = %s", kept)
