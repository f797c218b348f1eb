"""The stack that a test run starts for itself, and the doors to it. Tests isolate by making their own people."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from psycopg import sql

from dev import ports
from dev.stack import Stack
from ops import function_keys
from tests.world import Claims, World

# These need a server that no package registry has: `make test-auth` runs them.
collect_ignore = [] if os.environ.get("AUTH_BINARY") else ["real_auth"]

OwnDatabase = Callable[..., AbstractContextManager[tuple[World, httpx.Client]]]
AsCaller = Callable[[str, Claims], AbstractContextManager[psycopg.Connection]]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for the whole run, on free ports, gone with it."""
    folder: Path = tmp_path_factory.mktemp("stack")
    with Stack(folder, ports.free_block(), durable=False, reload=False, quiet=True) as started:
        if started.auth_binary:
            # Everybody who signs up in a test comes from one address, and the hooks are on.
            with psycopg.connect(started.database_url()) as connection:
                connection.execute("update private.settings set value = '1000' where name = 'sign_ups_per_hour'")
        yield started


@pytest.fixture(scope="session")
def public_key(stack: Stack) -> dict[str, Any]:
    """The JWK that verifies access tokens."""
    return stack.keyring.public_jwk


@pytest.fixture(scope="session")
def sign(stack: Stack) -> Callable[[Claims], str]:
    """Sign claims as Supabase Auth does on hosted projects."""
    private = jwt.PyJWK(stack.signing_key).key
    headers = {"kid": str(stack.signing_key["kid"])}
    return lambda claims: jwt.encode(claims, private, algorithm="ES256", headers=headers)


@pytest.fixture(scope="session")
def world(stack: Stack, sign: Callable[[Claims], str]) -> Iterator[World]:
    """The stack's database, as its owner."""
    with psycopg.connect(stack.database_url(), autocommit=True) as connection:
        yield World(connection, sign)


@pytest.fixture(scope="session")
def rest(stack: Stack) -> Iterator[httpx.Client]:
    """PostgREST itself, with no gateway before it."""
    with httpx.Client(base_url=stack.rest_url) as client:
        yield client


@pytest.fixture(scope="session")
def function_key(stack: Stack) -> str:
    """The key of the auth function."""
    return stack.function_key("auth")


@pytest.fixture(scope="session")
def functions(stack: Stack) -> Iterator[httpx.Client]:
    """The functions, as an integrator reaches them."""
    with httpx.Client(base_url=stack.functions_url) as client:
        yield client


@pytest.fixture(scope="session")
def as_caller(stack: Stack) -> Iterator[AsCaller]:
    """Become a role with claims, the way PostgREST does, in a transaction that is rolled back."""
    with psycopg.connect(stack.database_url("authenticator"), autocommit=True) as connection:

        @contextmanager
        def become(role: str, claims: Claims) -> Iterator[psycopg.Connection]:
            with connection.transaction(force_rollback=True):
                connection.execute(
                    "select set_config('request.jwt.claims', %s, true)", [json.dumps(claims, default=str)]
                )
                connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
                yield connection

        yield become


@pytest.fixture(scope="session")
def own_database(stack: Stack, sign: Callable[[Claims], str]) -> OwnDatabase:
    """Make a database that a module may change as it likes, with a PostgREST that keeps one connection to it."""

    @contextmanager
    def make(name: str, prepare: str = "") -> Iterator[tuple[World, httpx.Client]]:
        with (
            stack.database(name, pool=1, prepare=prepare) as database,
            psycopg.connect(database.dsn(), autocommit=True) as connection,
        ):
            for unit in function_keys.MAY_ACT_AS:
                function_keys.install(connection, unit, stack.function_key(unit))
            with httpx.Client(base_url=database.url) as client:
                yield World(connection, sign), client

    return make
