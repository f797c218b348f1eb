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
    with world.without_limits():
        yield
