import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dev import migrations, ports, processes
from dev.migrations import EMPTY_GRANT
from dev.packages import CHECKOUT
from dev.stack import Stack
from dev.trouble import Trouble


def dev(*args: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dev", *args],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_sentence(ran: "subprocess.CompletedProcess[str]", words: str) -> None:
    """Hold a failure to what a newcomer can use: one sentence, exit code 1."""
    assert ran.returncode == 1
    assert words in ran.stderr
    assert ran.stderr.startswith("mainstay: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("MAINSTAY_PORT", "http", "for example 54321"),
        ("AUTH_BINARY", "/no/such/auth", "AUTH_BINARY names /no/such/auth"),
        ("PATH", "/nowhere", "Node is not on PATH"),
    ],
)
def test_a_wrong_environment_is_one_sentence(tmp_path: Path, variable: str, value: str, words: str) -> None:
    free = {"MAINSTAY_PORT": str(ports.free_block()), variable: value}
    assert_sentence(dev("run", "--folder", str(tmp_path), **free), words)


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    first = ports.free_block()
    with socket.create_server(("127.0.0.1", first + 1)):
        assert_sentence(dev("run", "--folder", str(tmp_path), "--port", str(first)), f"Port {first + 1} is in use")


def test_what_has_not_started_says_so(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert_sentence(dev("env", *folder), "make dev")
    assert_sentence(dev("reset", *folder), "Nothing was deleted")
    assert_sentence(dev("logs", "gateway", *folder), "There is no log of gateway")
    assert_sentence(dev("migrate", *folder, DATABASE_URL="mysql://x"), "postgresql://user:password@host")
    assert_sentence(dev("migrate", *folder, DATABASE_URL=" "), "Name the database")
    assert dev("down", *folder).stdout == "Nothing is running.\n"
    assert json.loads(dev("status", "--json", *folder).stdout) == {"ready": False, "port": None, "parts": {}}


def test_a_second_start_in_the_same_folder_is_refused(stack: Stack) -> None:
    ran = dev("run", "--folder", str(stack.folder.root), "--port", str(ports.free_block()))
    assert_sentence(ran, "is running already")


def test_up_says_where_the_stack_runs_already(stack: Stack) -> None:
    folder = ("--folder", str(stack.folder.root))
    here = dev("up", *folder, "--port", str(stack.ports.gateway))
    assert here.stdout == f"The stack in {stack.folder.root} is running already, at {stack.url}.\n"
    port = ports.free_block()
    elsewhere = dev("up", *folder, "--port", str(port))
    assert elsewhere.stdout == f"{here.stdout}To move it to {port}: make down, then start it again.\n"


@pytest.mark.parametrize(
    ("host", "advised"), [("127.0.0.1", False), ("db.example.com", False), ("db.x.supabase.co", True)]
)
def test_advice_for_hosted_projects_is_for_hosted_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, advised: bool
) -> None:
    cli = tmp_path / "supabase"
    cli.write_text(f"#!/bin/sh\necho 'dial error'\necho '{migrations.ADVICE[0]} and Bans.'\nexit 1\n")
    cli.chmod(0o755)
    monkeypatch.setattr("dev.packages.supabase_cli", lambda: cli)
    with pytest.raises(Trouble, match="dial error") as failed:
        migrations.push(f"postgresql://postgres@{host}:5432/postgres", "x", tmp_path)
    assert ("Network Restrictions" in str(failed.value)) is advised


def test_status_names_every_part(stack: Stack) -> None:
    state = json.loads(dev("status", "--json", "--folder", str(stack.folder.root)).stdout)
    assert (state["ready"], state["port"]) == (True, stack.ports.gateway)
    assert set(state["parts"]) >= {"postgres", "postgrest", "gateway", *(f"functions-{unit}" for unit in stack.units)}


def test_no_command_line_holds_a_secret(stack: Stack) -> None:
    keys = stack.keyring
    secrets = {*keys.passwords.values(), *keys.function_keys.values(), keys.secret_key, keys.lite_secret, keys.pepper}
    commands = " ".join(process.command for process in processes.table())
    assert not [secret for secret in secrets if secret in commands]


def test_what_holds_secrets_is_readable_by_its_owner_only(stack: Stack) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in stack.folder.root.rglob("*") if path.is_file()}
    ours = {path: mode for path, mode in modes.items() if "supabase" not in path.parts[-2:]}
    assert ours
    assert not {path: oct(mode) for path, mode in ours.items() if mode & 0o077}


def test_a_grant_that_does_nothing_is_in_the_servers_log(stack: Stack) -> None:
    log = stack.folder.log("postgres")
    before = log.stat().st_size
    with psycopg.connect(stack.database_url()) as connection:
        connection.execute("grant usage on schema auth to anon")
    assert EMPTY_GRANT in log.read_bytes()[before:].decode()
