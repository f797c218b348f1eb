"""The order in which a stack starts: make way, the database, its schema, then everything that stands on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

from dev import (
    clock,
    database,
    gotrue,
    made,
    market,
    migrations,
    node,
    pids,
    post,
    postgres,
    postgrest,
    probes,
    units,
    watchdog,
)
from dev.cluster import Cluster, locate
from dev.envfile import render
from dev.project import SUPABASE
from dev.trouble import Trouble
from ops.function_keys import MAY_ACT_AS, install

if TYPE_CHECKING:
    from dev.children import Child
    from dev.stack import Stack


def run(stack: Stack) -> None:
    """Start a stack. What goes wrong is raised as Trouble; the caller stops what runs by then."""
    begun = time.monotonic()

    def tell(step: str) -> None:
        stack.say(f"  {time.monotonic() - begun:5.2f} s  {step}")

    make_way(stack)
    double = market.start(stack)
    start_postgres(stack)
    tell(f"Postgres answers on port {stack.ports.postgres}")
    applied = migrate(stack)
    tell(f"{applied} migrations applied" if applied else "no new migrations")
    if not stack.durable:
        database.freeze(stack.server)
    if double:
        stack.portal = market.open_(stack, double)
        tell(f"the double of Stripe answers on port {stack.ports.stripe}")
    start_servers(stack)
    tell(f"gateway answers on port {stack.ports.gateway}: Auth, PostgREST, functions ({', '.join(stack.units)})")
    stack.folder.write(stack.folder.env, render(stack.environment()))
    stack.folder.write(stack.folder.ready, str(stack.ports.gateway))


def make_way(stack: Stack) -> None:
    """Take the folder, end what an earlier start left behind, and look at the ports."""
    stack.folder.prepare()
    stack.lock = stack.folder.lock()
    if stack.lock is None:
        raise Trouble(
            f"The stack in {stack.folder.root} is running already: see `make status`, stop it with `make down`."
        )
    stack.folder.ready.unlink(missing_ok=True)
    if left := pids.end_leftovers(stack.folder):
        stack.say(f"  ended what an earlier start left behind: {', '.join(left)}")
    stack.ports.require_free(len(stack.units))
    if not stack.durable:
        stack.dog = watchdog.start(stack.folder)


def start_postgres(stack: Stack) -> None:
    """Start the server; make its cluster first where there is none that is whole."""
    auth = "binary" if stack.auth_binary else "lite"
    stack.cluster = locate(stack.folder)
    if made.is_complete(stack.folder, stack.cluster):
        made.require_same(stack.folder, auth)
        _serve(stack, stack.cluster)
    else:
        printing = None if stack.auth_binary else node.auth_schema()
        made.initialize(stack.folder, stack.cluster, stack.keyring)
        _serve(stack, stack.cluster)
        made.bootstrap(stack.server.dsn("supabase_admin"), stack.keyring)
        if printing:
            made.make_lite_tables(stack.server.dsn("supabase_auth_admin"), printing)
    if stack.auth_binary:
        gotrue.migrate(stack.auth_binary, _auth_environment(stack))
    made.complete(stack.folder, auth)


def _serve(stack: Stack, cluster: Cluster) -> None:
    address = stack.server.dsn("supabase_admin")
    postgres.serve(stack.children, cluster, stack.ports.postgres, address, durable=stack.durable)


def migrate(stack: Stack) -> int:
    """Apply our migrations, the functions' keys and, once, the seed."""
    address = f"postgresql://postgres@127.0.0.1:{stack.ports.postgres}/postgres?sslmode=disable"
    password = stack.keyring.passwords["postgres"]
    applied = migrations.push_here(stack.folder, stack.database_url(), address, password)
    _install_function_keys(stack)
    seed = SUPABASE / "seed.sql"
    if stack.durable and seed.exists() and not stack.folder.seeded.exists():
        with psycopg.connect(stack.database_url()) as connection:
            connection.execute(seed.read_bytes())
        stack.folder.write(stack.folder.seeded, "")
    return applied


def _install_function_keys(stack: Stack) -> None:
    with psycopg.connect(stack.database_url()) as connection:
        for unit in stack.units:
            if unit not in MAY_ACT_AS:
                raise Trouble(f"Say in ops/function_keys.py what the functions of {unit} may act as.")
            install(connection, unit, stack.function_key(unit))


def start_servers(stack: Stack) -> None:
    """Start all that stands on the database at once, then wait for each."""
    mailbox = post.start(stack.children, stack.ports)
    rest = postgrest.start(stack.children, stack.folder, stack.service, stack.project, stack.keyring.public_jwk)
    auth = stack.auth_binary and gotrue.serve(stack.children, stack.auth_binary, _auth_environment(stack))
    door = node.start(
        stack.children,
        stack.ports,
        stack.keyring,
        stack.project,
        stack.units,
        lite_dsn=None if stack.auth_binary else stack.server.dsn("supabase_auth_admin"),
        reload=stack.reload,
    )
    functions = {name: _start_unit(stack, name) for name in stack.units}
    probes.wait_until_answers(mailbox, post.page(stack.ports))
    probes.wait_until_answers(rest, stack.service.ready_url)
    if auth:
        probes.wait_until_answers(auth, f"http://127.0.0.1:{stack.ports.auth}/health")
    probes.wait_until_answers(door, f"{stack.url}/auth/v1/.well-known/jwks.json")
    for name, child in functions.items():
        try:
            address = f"http://127.0.0.1:{stack.units[name]}/"
            probes.wait_until_answers(child, address, any_status=True, patience=5 if stack.reload else 20)
        except Trouble as trouble:
            if not stack.reload:
                raise
            stack.say(f"  {trouble}; mend it, and it is taken up")
    if stack.durable:
        clock.start(stack.children, units.environment("core", stack.ports, stack.keyring, stack.project))


def _start_unit(stack: Stack, name: str) -> Child:
    env = units.environment(name, stack.ports, stack.keyring, stack.project)
    if stack.portal and name == "billing":
        env = {**env, "STRIPE_PORTAL_CONFIGURATION": stack.portal}
    # Tests start their jobs themselves: neither a clock nor a hint does their work before they look.
    env = env if stack.durable else {**env, "JOBS_URL": ""}
    return units.start(stack.children, name, stack.units[name], env, reload=stack.reload)


def _auth_environment(stack: Stack) -> dict[str, str]:
    if stack.auth_binary is None:
        raise Trouble("No AUTH_BINARY is named.")
    address = stack.server.dsn("supabase_auth_admin")
    return gotrue.environment(stack.auth_binary, stack.ports, stack.keyring, stack.project, address)
