"""A database of one's own: a copy of the migrated one, with its own PostgREST, gone when it is closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from dev import ports, postgrest, probes
from dev.children import Children
from dev.folder import Folder
from dev.keyring import Keyring
from dev.postgrest import Service
from dev.project import Project

TEMPLATE = "base"


@dataclass(frozen=True)
class Server:
    """How to reach the databases of one Postgres, as each role that logs in."""

    port: int
    keyring: Keyring

    def dsn(self, role: str = "postgres", database: str = "postgres") -> str:
        """Return an address with the role's password."""
        return f"postgresql://{role}:{self.keyring.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def administer(self, statement: str, **names: str) -> None:
        """Run one statement as the superuser, outside a transaction."""
        named = {name: sql.Identifier(value) for name, value in names.items()}
        with psycopg.connect(self.dsn("supabase_admin"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**named))


@dataclass(frozen=True)
class Database:
    """One copy. `url` is its PostgREST itself: no gateway stands before it."""

    name: str
    server: Server
    service: Service

    @property
    def url(self) -> str:
        """Where its PostgREST serves."""
        return self.service.url

    def dsn(self, role: str = "postgres") -> str:
        """Return its address for a role that logs in."""
        return self.server.dsn(role, self.name)


def freeze(server: Server) -> None:
    """Keep a copy of the migrated database that nobody can enter, to make others from."""
    server.administer("create database {base} template postgres owner postgres strategy file_copy", base=TEMPLATE)
    server.administer("alter database {base} is_template true allow_connections false", base=TEMPLATE)


@dataclass(frozen=True)
class Copier:
    """Makes copies of the migrated database, each served by a PostgREST of its own."""

    server: Server
    children: Children
    folder: Folder
    project: Project

    @contextmanager
    def copy(self, name: str, *, pool: int, prepare: str) -> Iterator[Database]:
        """Make a copy, run `prepare` on it as its owner, and serve it for as long as the block lasts."""
        self.server.administer(
            "create database {name} template {base} owner postgres strategy file_copy", name=name, base=TEMPLATE
        )
        try:
            if prepare:
                with psycopg.connect(self.server.dsn("postgres", name)) as connection:
                    connection.execute(prepare.encode())
            with self._served(name, pool) as service:
                yield Database(name, self.server, service)
        finally:
            self.server.administer("drop database {name} with (force)", name=name)

    @contextmanager
    def _served(self, name: str, pool: int) -> Iterator[Service]:
        first = ports.free_block(2)
        service = Service(f"postgrest-{name}", self.server.dsn("authenticator", name), first, first + 1, pool)
        child = postgrest.start(self.children, self.folder, service, self.project, self.server.keyring.public_jwk)
        try:
            probes.wait_until_answers(child, service.ready_url)
            yield service
        finally:
            self.children.stop(child)
