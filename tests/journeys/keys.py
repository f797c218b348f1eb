"""A person who makes API keys through our functions, and what is asked with them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from tests.world import Person, World


@dataclass
class Maker:
    """Somebody with an organization of their own, signed in."""

    world: World
    functions: httpx.Client
    person: Person
    organization: UUID

    @property
    def bearer(self) -> dict[str, str]:
        """The header by which they are known."""
        return {"Authorization": f"Bearer {self.world.sign(self.person.claims())}"}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Ask something as this person."""
        return self.functions.request(
            method, path, headers=self.bearer | {n.replace("_", "-"): v for n, v in headers.items()}, json=body
        )

    def make(self, *scopes: str, **terms: Any) -> dict[str, Any]:
        """Make a key in the organization and return all that was answered."""
        body = {"name": "ci", "scopes": scopes or ("api-keys:read",), "orgId": str(self.organization), **terms}
        answer = self.send("POST", "/auth/api-keys", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["data"]
        return made

    def use(self, key: str, path: str = "/auth/api-keys", **headers: str) -> httpx.Response:
        """Ask something with a key."""
        return self.functions.get(path, headers={"X-API-Key": key} | headers)
