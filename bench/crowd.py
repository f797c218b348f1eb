"""A database with a crowd in it: 1,000 organizations, 1,000,000 API keys, and a person who belongs to ten of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import jwt
import psycopg

from dev.database import Database
from dev.stack import Stack

ORGANIZATIONS = 1000
FILL = """
set session_replication_role = replica;
insert into auth.users (id, email, email_confirmed_at)
select gen_random_uuid(), 'p' || g || '@example.com', now() from generate_series(1, 1000) as g;
insert into profiles (id) select id from auth.users;
insert into organizations (name) select 'Organization ' || g from generate_series(1, 1000) as g;
insert into memberships (org_id, user_id, role)
select o.id, u.id, 'owner' from (select id, row_number() over () as n from organizations) as o
inner join (select id, row_number() over () as n from auth.users) as u using (n);
insert into api_keys (org_id, maker_id, name, lookup, scopes, created_at)
select m.org_id, m.user_id, 'key', lpad(to_hex(g), 12, '0'), '{{profile:read}}', now() - g * interval '1 second'
from generate_series(1, {rows}) as g
inner join (select org_id, user_id, row_number() over () - 1 as n from memberships) as m on m.n = g % 1000;
insert into auth.users (id, email, email_confirmed_at) values ('{person}', 'bench@example.com', now());
insert into auth.sessions (id, user_id) values ('{session}', '{person}');
insert into profiles (id) values ('{person}');
insert into memberships (org_id, user_id, role) select id, '{person}', 'admin' from organizations order by id limit 10;
set session_replication_role = origin;
"""


@dataclass(frozen=True)
class Crowd:
    """The database, and the claims of the person who looks at it."""

    database: Database
    claims: dict[str, Any]
    organizations: list[UUID]
    token: str
    operator: str


def signed(stack: Stack, claims: dict[str, Any]) -> str:
    """Return claims as an access token."""
    key = jwt.PyJWK(stack.signing_key).key
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": str(stack.signing_key["kid"])})


@contextmanager
def crowd(stack: Stack, rows: int, name: str = "crowd") -> Iterator[Crowd]:
    """Fill a copy of the database and serve it; takes about 15 seconds for a million rows."""
    person, session = uuid4(), uuid4()
    claims = {
        "sub": str(person),
        "session_id": str(session),
        "role": "authenticated",
        "aud": "authenticated",
        "aal": "aal1",
    }
    with stack.database(name) as database:
        with psycopg.connect(database.dsn("supabase_admin"), autocommit=True) as admin:
            admin.execute(FILL.format(rows=rows, person=person, session=session).encode())
            admin.execute("analyze")
            found = admin.execute("select org_id from memberships where user_id = %s", [person]).fetchall()
        operator = signed(stack, {"role": "service_role", "aud": "authenticated", "exp": 4102444800})
        token = signed(stack, {**claims, "exp": 4102444800})
        yield Crowd(database, claims, [row[0] for row in found], token, operator)


def become(connection: psycopg.Connection, claims: dict[str, Any]) -> None:
    """Take the role and claims for the rest of the transaction, as PostgREST does."""
    connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
    connection.execute("set local role authenticated")
