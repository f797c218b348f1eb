"""A database under judgement, seen by its owner and by every caller, whose changes are never kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.policies import firm, sole
from tests.policies.cast import Caller, Scene, scene
from tests.world import Claims, Person, World

NOT_PERMITTED = "42501"


@dataclass(frozen=True)
class Outcome:
    """What came of one statement: its rows, or the SQLSTATE and sentence that refused it."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    touched: int = 0
    state: str = ""
    message: str = ""
    hint: str | None = None
    detail: str = ""

    @property
    def done(self) -> bool:
        """Whether it went through and reached something."""
        return not self.state and self.touched != 0

    @property
    def value(self) -> Any:
        """The first column of the first row, or None."""
        return self.rows[0][0] if self.rows else None


def identity(
    role: str, claims: Claims, function: str = "", headers: dict[str, str] | None = None, *, read_only: bool = False
) -> sql.Composed:
    """Return the statements with which PostgREST, and then the gate, make this caller of the connection."""
    settings = {
        "request.jwt.claims": json.dumps(claims, default=str),
        "request.headers": json.dumps({name.lower(): value for name, value in (headers or {}).items()}),
        "mainstay.function": function,
    }
    set_all = sql.SQL(", ").join(
        sql.SQL("set_config({}, {}, true)").format(name, value) for name, value in settings.items()
    )
    # Supabase Auth logs in by itself; everybody else comes through PostgREST.
    login = sql.Identifier("supabase_auth_admin" if role == "supabase_auth_admin" else "authenticator")
    mode = sql.SQL("set local transaction_read_only = on; " if read_only else "")
    return sql.SQL("select {}; {}set local session authorization {}; set local role {};").format(
        set_all, mode, login, sql.Identifier(role)
    )


class Court:
    """One connection that belongs to the superuser and acts as postgres; the stage is what was committed before."""

    def __init__(self, connection: psycopg.Connection, world: World) -> None:
        self.connection, self.world = connection, world
        self.pace: dict[str, float] = {}
        self.stage: Scene = scene(world)
        self.sole = sole.put_on_stage(world)
        self.firm = firm.put_on_stage(world)
        # A court sits longer than a sign-in is fresh: who relies on the one on the stage fails at once, not after 10 minutes.
        connection.execute(b"update auth.sessions set created_at = now() - interval '1 hour'")

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Undo whatever happens in the block, in which everybody has just signed in."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(b"update auth.sessions set created_at = now()")
            yield

    def change(self, *statements: str) -> None:
        """Run statements as the superuser, in the present hearing."""
        for statement in statements:
            self.connection.execute(b"set local session authorization supabase_admin")
            self.connection.execute(statement.encode())
            self.connection.execute(b"set local session authorization postgres")

    def ask(
        self,
        caller: Caller,
        statement: str | sql.Composed,
        *values: object,
        function: str = "",
        headers: dict[str, str] | None = None,
        keep: bool = False,
        read_only: bool = False,
    ) -> Outcome:
        """Run a statement as the caller, for whom a function may speak; undo it unless it is to be kept."""
        who = identity(caller.role, caller.claims, function, headers, read_only=read_only)
        return self.run(sql.Composed([who, sql.SQL(" "), bound(statement, values)]), keep=keep)

    def run(self, statements: sql.Composable, *, keep: bool = False) -> Outcome:
        """Run statements in one trip and return what came of the last."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql.SQL("savepoint act; {}").format(statements))
        except psycopg.Error as refused:
            self.connection.execute(b"rollback to savepoint act; release savepoint act")
            return Outcome(
                state=refused.sqlstate or "",
                message=str(refused.diag.message_primary),
                hint=refused.diag.message_hint,
                detail=refused.diag.message_detail or "",
            )
        while cursor.nextset():
            pass
        outcome = Outcome(cursor.fetchall() if cursor.description else [], cursor.rowcount)
        if keep:
            self.connection.execute(
                b"set local role none; set local session authorization postgres;"
                b" select set_config('request.jwt.claims', '', true), set_config('mainstay.function', '', true),"
                b" set_config('request.headers', '', true); release savepoint act"
            )
        else:
            self.connection.execute(b"rollback to savepoint act; release savepoint act")
        return outcome

    @contextmanager
    def meanwhile(self, *statements: str) -> Iterator[None]:
        """Let the owner change something for the length of the block."""
        with self.connection.transaction(force_rollback=True):
            for statement in statements:
                self.connection.execute(statement.encode())
            yield


def bound(statement: str | sql.Composed, values: tuple[object, ...]) -> sql.Composable:
    """Return the statement with its `{}` filled in: several statements in one trip take no parameters."""
    if isinstance(statement, sql.Composed):
        return statement
    return sql.SQL(statement).format(*map(sql.Literal, values))


def as_person(person: Person, **changes: object) -> Caller:
    """Return a person as a caller, with some claims changed."""
    return Caller("authenticated", person.claims(**changes))
