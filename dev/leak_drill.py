"""A leak, rehearsed from end to end: a key is found in public, and nobody can use it a moment later.

On a private stack that is gone afterwards. The alert is synthetic and signed by a key of that stack, which stands in
for GitHub's. Run it after each change to keys, and once a month.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from dev import github, ports
from dev.stack import Stack
from dev.trouble import Trouble

WHERE = "https://github.com/octocat/Hello-World/blob/main/deploy.sh"
ALERTS = "/auth/leaks/github"
MAIL = "select payload from private.outbox where dedupe_key = %s"
TRAIL = "select action, actor_kind, actor_name from audit_log where subject = %s order by id"


class Drill:
    """One rehearsal; each step is said, and the first that fails ends it."""

    def __init__(self, stack: Stack, functions: httpx.Client, database: psycopg.Connection) -> None:
        self.stack, self.functions, self.database = stack, functions, database

    def run(self) -> None:
        """Go through all steps; raises Trouble at the first that fails."""
        made = self._make_key()
        key, key_id = made["key"], made["id"]
        self._step("a new key is taken", self._use(key) == httpx.codes.OK)
        raw = json.dumps([{"token": key, "type": "mainstay_api_key", "url": WHERE, "source": "commit"}]).encode()
        headers = github.sign(self.stack.keyring.github_key, raw)
        self._step(
            "a forged alert is refused", self._alert(raw + b" ", headers).status_code == httpx.codes.UNAUTHORIZED
        )
        self._step("and leaves the key alone", self._use(key) == httpx.codes.OK)
        answer = self._alert(raw, headers)
        self._step("GitHub's alert is taken", answer.status_code == httpx.codes.OK)
        self._step("and answered: a true positive", answer.json()[0]["label"] == "true_positive")
        self._step("the key is refused from the next request on", self._use(key) == httpx.codes.UNAUTHORIZED)
        trail = self.database.execute(TRAIL, [key_id]).fetchall()
        self._step("the audit log says who ended it", ("api_keys.leaked", "function", "auth") in trail)
        mail = self.database.execute(MAIL, [f"key_leaked:{key_id}"]).fetchone()
        told = {"key_id": key_id, "finder": "github", "where": WHERE}
        self._step("its people are to be told by mail, and where it was", mail == (told,))
        self._step("the same alert again changes nothing", self._alert(raw, headers).json() == answer.json())

    def _step(self, says: str, held: bool) -> None:  # noqa: FBT001 - the step itself
        if not held:
            raise Trouble(f"the drill failed: {says}")
        print(f"  ok  {says}")

    def _make_key(self) -> dict[str, Any]:
        signed_up = httpx.post(
            f"{self.stack.url}/auth/v1/signup",
            headers={"apikey": self.stack.publishable_key},
            json={"email": "drill@example.com", "password": "Correct-horse-7"},
        )
        bearer = {"Authorization": f"Bearer {signed_up.json()['access_token']}"}
        body = {"name": "drill", "scopes": ["profile:read"]}
        made: dict[str, Any] = self.functions.post("/auth/api-keys", headers=bearer, json=body).json()["data"]
        return made

    def _use(self, key: str) -> int:
        return self.functions.get("/auth/profile", headers={"X-API-Key": key}).status_code

    def _alert(self, raw: bytes, headers: dict[str, str]) -> httpx.Response:
        return self.functions.post(ALERTS, headers=headers, content=raw)


@contextmanager
def rehearsal(stack: Stack) -> Iterator[Drill]:
    """Open the doors of a stack for one drill."""
    with (
        httpx.Client(base_url=stack.functions_url) as functions,
        psycopg.connect(stack.database_url(), autocommit=True) as database,
    ):
        yield Drill(stack, functions, database)


def main() -> int:
    """Start a stack, rehearse, stop it."""
    print("starting a stack of its own")
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Stack(Path(folder), ports.free_block(), durable=False, reload=False, quiet=True) as stack,
            rehearsal(stack) as drill,
        ):
            drill.run()
    except Trouble as trouble:
        print(f"mainstay: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
