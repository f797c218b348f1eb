"""The court: a database of its own for judges, with everybody on stage."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from dev.database import TEMPLATE
from dev.stack import Stack
from tests.policies import gatecases
from tests.policies.court import Court
from tests.world import World


@contextmanager
def opened(stack: Stack, name: str) -> Iterator[Court]:
    """Open a court in a copy of the migrated database, without PostgREST."""
    stack.server.administer(
        "create database {name} template {base} owner postgres strategy file_copy", name=name, base=TEMPLATE
    )
    with psycopg.connect(stack.server.dsn("supabase_admin", name), autocommit=True) as connection:
        connection.execute(b"set session authorization postgres")
        connection.execute(b"set statement_timeout = '20s'")
        court = Court(connection, World(connection, lambda _: ""))
        gatecases.install(court)
        yield court
    stack.server.administer("drop database {name} with (force)", name=name)


@pytest.fixture(scope="session")
def court(stack: Stack) -> Iterator[Court]:
    """A court for all judges; whatever happens in a hearing is undone."""
    with opened(stack, "court") as court:
        yield court
