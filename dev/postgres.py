"""Postgres: made once by initdb, started and stopped with the stack."""

import os
import signal
import subprocess
import time

import psycopg

from dev import processes
from dev.children import Child, Children, last_words
from dev.cluster import Cluster
from dev.trouble import Trouble

PATIENCE = 60.0  # crash recovery of a busy database takes a while
OLD_PROCESSES = "Terminate any old server processes"
# What a test run does not need: its data does not outlive it.
FLEETING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "scram_iterations=1", "max_connections=200")
# The builtin provider sorts alike on every machine, whatever LANG says.
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def initialize(cluster: Cluster, password: str) -> None:
    """Make an empty cluster; its superuser's password is in no file and no argument."""
    cluster.make_room()
    reading, writing = os.pipe()
    if cluster.user.is_other:
        os.fchown(reading, cluster.user.uid, cluster.user.gid)
    os.write(writing, f"{password}\n".encode())
    os.close(writing)
    try:
        _run_initdb(cluster, reading)
    finally:
        os.close(reading)


def _run_initdb(cluster: Cluster, password: int) -> None:
    where = [f"--pgdata={cluster.data}", "--username=supabase_admin", "--auth=scram-sha-256"]
    ran = subprocess.run(
        [str(cluster.program("initdb")), *where, f"--pwfile=/dev/fd/{password}", "--no-instructions", *LOCALE],
        pass_fds=[password],
        env=_environment(),
        cwd="/",
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
        user=cluster.user.user,
        group=cluster.user.group,
        extra_groups=cluster.user.extra_groups,
    )
    if ran.returncode:
        raise Trouble(f"initdb failed: {(ran.stderr.strip().splitlines() or ['it said nothing'])[-1]}")


def serve(children: Children, cluster: Cluster, port: int, dsn: str, *, durable: bool) -> None:
    """Start the server and wait until it answers."""
    _drop_stale_lock(cluster)
    deadline = time.monotonic() + PATIENCE
    while True:
        child = _start(children, cluster, port, durable=durable)
        try:
            return _wait_until_ready(child, dsn)
        except Trouble as trouble:
            # Processes of a killed server take a moment to notice.
            if OLD_PROCESSES not in str(trouble) or time.monotonic() > deadline:
                raise
            children.stop(child)
            time.sleep(0.1)


def _start(children: Children, cluster: Cluster, port: int, *, durable: bool) -> Child:
    settings = [
        f"port={port}",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",  # a socket's path must be shorter than 108 bytes, a checkout's need not
        "timezone=UTC",
        "log_timezone=UTC",
        "log_line_prefix=%m [%p] %u@%d ",
        *(() if durable else FLEETING),
    ]
    return children.start(
        "postgres",
        [cluster.program("postgres"), "-D", cluster.data, *(part for each in settings for part in ("-c", each))],
        env=_environment(),
        word=str(cluster.data),
        user=cluster.user,
        stop=signal.SIGINT,  # SIGTERM would wait for clients to leave
    )


def _wait_until_ready(child: Child, dsn: str) -> None:
    """Connect until it works; a wrong password will not become right by waiting."""
    deadline = time.monotonic() + PATIENCE
    while True:
        child.require_alive()
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
        except psycopg.OperationalError as refused:
            if "password authentication failed" in str(refused):
                raise Trouble("The database does not know this folder's passwords: run `make reset`.") from None
            if time.monotonic() > deadline:
                raise Trouble(f"Postgres does not answer: {last_words(child.log)} (its log: {child.log})") from None
            time.sleep(0.01)
        else:
            return


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _drop_stale_lock(cluster: Cluster) -> None:
    """Remove postmaster.pid if its process is gone, a zombie or not Postgres; end a server that was forgotten there."""
    lock = cluster.data / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text("utf-8").split("\n", 1)[0].strip()
    holder = processes.find(int(first)) if first.isdigit() else None
    if holder and str(cluster.data) in holder.command:
        os.kill(holder.pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while processes.find(holder.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    lock.unlink(missing_ok=True)
