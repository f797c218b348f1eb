"""Making the cluster: roles, passwords and Auth's tables, once; a start cut short begins anew."""

import json
import subprocess

import psycopg

from dev import node, packages, postgres
from dev.cluster import Cluster
from dev.folder import Folder
from dev.keyring import ROLES, Keyring
from dev.trouble import Trouble

# As real Auth does: its tables are the platform's, RLS keeps the API roles out.
CLOSE_AUTH = """
do $$
declare found regclass;
begin
    for found in select oid from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r' loop
        execute format('alter table %s enable row level security', found);
    end loop;
end $$
"""


def is_complete(folder: Folder, cluster: Cluster) -> bool:
    """Whether an earlier start finished the cluster."""
    return folder.made.exists() and (cluster.data / "PG_VERSION").exists()


def require_same(folder: Folder, auth: str) -> None:
    """Refuse what would read another program's data: another major version, another Auth."""
    written = json.loads(folder.made.read_text("utf-8"))
    if written["auth"] != auth:
        kinds = {"lite": "lite's Auth (no AUTH_BINARY)", "binary": "a real Auth (AUTH_BINARY)"}
        raise Trouble(
            f"The data in {folder.root} was made with {kinds[written['auth']]} and cannot be served by "
            f"{kinds[auth]}: start it as before, or run `make reset` to begin anew."
        )


def initialize(folder: Folder, cluster: Cluster, keyring: Keyring) -> None:
    """Begin anew; what refers to older data goes first."""
    for mark in (folder.made, folder.seeded, folder.warned, folder.applied):
        mark.unlink(missing_ok=True)
    postgres.initialize(cluster, keyring.passwords["supabase_admin"])


def bootstrap(admin_dsn: str, keyring: Keyring) -> None:
    """Apply dev/bootstrap.sql as the superuser, and give each role that logs in its password."""
    script = (packages.CHECKOUT / "dev" / "bootstrap.sql").read_bytes()
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(script)
        for role in ROLES:
            # Hashed here, so that no log of statements ever holds a password.
            hashed = connection.pgconn.encrypt_password(keyring.passwords[role].encode(), role.encode())
            password = psycopg.sql.Literal(hashed.decode())
            connection.execute(
                psycopg.sql.SQL("alter role {} password {}").format(psycopg.sql.Identifier(role), password)
            )


def make_lite_tables(auth_dsn: str, printing: subprocess.Popen[str]) -> None:
    """Create what lite's Auth needs, as the role that will own it."""
    with psycopg.connect(auth_dsn, autocommit=True) as connection:
        connection.execute(node.read_schema(printing).encode())
        connection.execute(CLOSE_AUTH)


def complete(folder: Folder, auth: str) -> None:
    """Say that the cluster is whole; the very last step."""
    folder.write(folder.made, json.dumps({"auth": auth}))
