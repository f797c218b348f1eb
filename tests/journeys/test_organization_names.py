"""Organizations are named straight through PostgREST: a name that is none is refused in a sentence, with its field."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dev.stack import Stack
from tests.world import World


@pytest.fixture
def ways(stack: Stack, world: World) -> Iterator[tuple[httpx.Client, str]]:
    """Give a client of somebody who owns an organization, and where it is."""
    owner = world.person()
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {world.sign(owner.claims())}"}
    headers |= {"Prefer": "return=representation"}
    with httpx.Client(base_url=f"{stack.url}/rest/v1", headers=headers) as client:
        yield client, f"/organizations?id=eq.{world.organization(owner)}"


def both(ways: tuple[httpx.Client, str], name: str) -> list[httpx.Response]:
    """Make an organization of this name, and give it to another one."""
    client, place = ways
    body = {"name": name}
    return [client.post("/rpc/create_organization", json=body), client.patch(place, json=body)]


def test_blanks_around_a_name_are_taken_away(ways: tuple[httpx.Client, str]) -> None:
    made, changed = both(ways, "  Analytical Engines\u00a0\n")
    assert (made.status_code, made.json()["name"]) == (200, "Analytical Engines")
    assert (changed.status_code, changed.json()[0]["name"]) == (200, "Analytical Engines")


@pytest.mark.parametrize("name", ["", "   ", "\u3000", "x" * 300, "a\u0007b", "a\u202eb"])
def test_what_is_no_name_is_refused_in_a_sentence(ways: tuple[httpx.Client, str], name: str) -> None:
    for answer in both(ways, name):
        refusal: dict[str, Any] = answer.json()
        assert (answer.status_code, refusal["code"]) == (400, "PT400")
        assert "name" in refusal["message"]
        assert "constraint" not in answer.text
        assert [detail["field"] for detail in json.loads(refusal["details"])] == ["name"]
