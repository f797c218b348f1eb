"""Limits out of the way: thousands of requests in a minute come from here."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.world import World

PLENTY = 1_000_000_000


@contextmanager
def lift_limits(world: World) -> Iterator[None]:
    """Raise every limit as high as it goes, and put it back."""
    kept = world.connection.execute("select quantity, name from private.limits").fetchall()
    world.run("update private.limits set quantity = %s", PLENTY)
    try:
        yield
    finally:
        for row in kept:
            world.run("update private.limits set quantity = %s where name = %s", *row)
        world.run("delete from private.rate_buckets")
