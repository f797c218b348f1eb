"""No secret appears in a log line, an error or a list of processes."""

import subprocess
from pathlib import Path
from uuid import uuid4

import httpx

from dev.stack import Stack
from tests.world import World


def spilled(text: str, secrets: dict[str, str]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text]


def test_no_secret_is_logged_or_listed(stack: Stack, functions: httpx.Client, world: World) -> None:
    person = world.person()
    token = world.sign(person.claims())
    bearer = {"Authorization": f"Bearer {token}"}
    made = functions.post("/auth/api-keys", headers=bearer, json={"name": "k", "scopes": ["profile:read"]}).json()[
        "data"
    ]
    password = f"Secret-{uuid4()}"
    httpx.post(
        f"{stack.url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={"email": f"{uuid4()}@example.com", "password": password},
    )
    shown = [
        functions.get("/auth/profile", headers={"X-API-Key": made["key"]}),
        functions.get("/auth/profile", headers={"X-API-Key": made["key"][:-1] + "~"}),
        functions.get("/auth/profile", headers={**bearer, "X-API-Key": made["key"]}),
        functions.get("/auth/profile", headers={"Authorization": f"Bearer {token[:-6]}"}),
        functions.get(f"/auth/nothing/{made['key']}", headers=bearer),
        functions.post("/auth/api-keys", headers=bearer, json={"name": made["key"] * 3, "scopes": [token]}),
        functions.post("/auth/api-keys", headers=bearer, content=f'{{"name": "{token}"'.encode()),
        functions.delete(f"/auth/api-keys/{made['id']}", headers=bearer),
    ]
    secrets = {
        "access token": token,
        "its signature": token.split(".")[2],
        "API key": made["key"],
        "its secret": made["key"][29:61],
        "password": password,
        "secret key": stack.secret_key,
        "pepper": stack.keyring.pepper,
        "signing key": str(stack.signing_key["d"]),
        **{f"password of {role}": secret for role, secret in stack.keyring.passwords.items()},
        **{f"function key of {unit}": stack.function_key(unit) for unit in stack.units},
    }
    for answer in shown:
        assert not spilled(answer.text, secrets), answer.request.url
    logs = {path.name: path.read_text(errors="replace") for path in Path(stack.folder.root).rglob("*.log")}
    assert any("request" in text for text in logs.values())
    for name, text in logs.items():
        assert not spilled(text, secrets), name
    processes = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)  # noqa: S607
    assert not spilled(processes.stdout, secrets)


def test_files_that_hold_a_secret_are_their_owners_only(stack: Stack) -> None:
    secrets = {
        "secret key": stack.secret_key,
        "password": stack.keyring.passwords["postgres"],
        "pepper": stack.keyring.pepper,
    }
    files = [path for path in Path(stack.folder.root).rglob("*") if path.is_file() and "postgres" not in path.parts]
    holding = [path for path in files if spilled(path.read_text(errors="replace"), secrets)]
    assert holding
    assert [path for path in holding if path.stat().st_mode & 0o077] == []
