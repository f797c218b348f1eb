"""The README's five minutes, pasted as they stand, against the run's stack."""

import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev import envfile
from dev.stack import Stack
from shared import hints
from tests.world import World

README = Path(__file__).parents[2] / "README.md"
PART = re.compile(r"^## Five minutes\n(.*?)^## ", re.DOTALL | re.MULTILINE)
SELLING = re.compile(r"^## Selling\n(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```", re.DOTALL | re.MULTILINE)
MARK = "--- end of a piece"


def blocks() -> Iterator[tuple[str, str]]:
    """Yield each piece of shell with the answer that is shown below it, or nothing."""
    found = PART.search(README.read_text("utf-8"))
    assert found
    listed = BLOCK.findall(found[1])
    for number, (kind, text) in enumerate(listed):
        if kind == "sh":
            below = listed[number + 1] if number + 1 < len(listed) else ("", "")
            yield text, below[1] if below[0] == "json" else ""


@pytest.fixture(scope="module")
def pasted(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Run the pieces in one shell; return what each printed, and what the README shows."""
    env = tmp_path_factory.mktemp("readme") / "env"
    env.write_text(envfile.render(stack.environment()), "utf-8")
    pieces = list(blocks())
    assert ". ./.local/env\n" in pieces[0][0]
    script = "".join(f"{text}\necho '{MARK}'\n" for text, _ in pieces)
    ran = subprocess.run(
        ["bash", "-euc", script.replace("./.local/env", shlex.quote(str(env)))],  # noqa: S607 - as its reader runs it
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert ran.stderr == ""
    printed = ran.stdout.split(f"{MARK}\n")[:-1]
    assert len(printed) == len(pieces)
    return [(text, shown) for text, (_, shown) in zip(printed, pieces, strict=True)]


def test_what_is_printed_ends_its_line(pasted: list[tuple[str, str]]) -> None:
    assert [text for text, _ in pasted if text and not text.endswith("\n")] == []
    assert [shown for text, shown in pasted if shown and not text] == []
    # The three answers of the third piece stand in lines of their own.
    assert [len(text.splitlines()) for text, shown in pasted if "…\n{" in shown or ", …\n" in shown] == [3]


def members(value: Any) -> Any:
    """Return the names within an answer, without its values."""
    if isinstance(value, list):
        return [members(each) for each in value]
    return {name: members(each) for name, each in value.items()} if isinstance(value, dict) else None


def test_answers_have_the_members_that_are_shown(pasted: list[tuple[str, str]]) -> None:
    whole = [(json.loads(text), json.loads(shown)) for text, shown in pasted if shown and ", …" not in shown]
    assert len(whole) == 3
    for real, shown in whole:
        assert members(real) == members(shown)
    (memberships, shown_memberships), (made, shown_key), (log, shown_log) = whole
    assert (memberships, log) == (shown_memberships, shown_log)
    nulls = [{n for n, value in each["data"].items() if value is None} for each in (made, shown_key)]
    assert nulls[0] == nulls[1]


def test_a_key_ends_as_the_readme_tells_it(pasted: list[tuple[str, str]]) -> None:
    used = next(text for text, shown in pasted if ", …" in shown)
    before, revoked, after = map(json.loads, used.splitlines())
    assert (before["success"], revoked["data"]["revokedAt"] is not None, after["success"]) == (True, True, False)
    assert after["error"]["message"] in README.read_text("utf-8")


def test_a_plan_is_bought_at_the_page_and_paid_when_its_trial_ends(
    stack: Stack, world: World, functions: httpx.Client, tmp_path: Path
) -> None:
    readme = README.read_text("utf-8")
    first, selling = PART.search(readme), SELLING.search(readme)
    assert first
    assert selling
    field = re.search(r"^field\(\) \{.*?^print.*?\}.*?$", first[1], re.DOTALL | re.MULTILINE)
    assert field
    known = stack.environment() | {"TOKEN": world.sign(world.person().claims()), "MAINSTAY_FOLDER": str(tmp_path)}

    def shell(text: str) -> str:
        return subprocess.run(
            ["bash", "-euc", f"{field[0]}\n{text}"],  # noqa: S607 - as its reader runs it
            cwd=README.parent,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **known},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    def show(text: str, told: str) -> str:
        """Run a piece until it says so, doing what each minute does."""
        end = time.monotonic() + 60
        while told not in (said := shell(text)):
            assert time.monotonic() < end, said
            proof = hints.token(stack.keyring.jobs_secret, time.time())
            ran = functions.post("/billing/jobs/run", headers={"X-Jobs-Token": proof}, timeout=30)
            assert ran.status_code == 200, ran.text
        return said

    checkout, (bought, advance, invoices) = (
        text if number == 0 else text.splitlines()
        for number, (kind, text) in enumerate(BLOCK.findall(selling[1]))
        if kind == "sh"
    )
    assert httpx.post(shell(checkout).strip(), data={"action": "pay", "card": "ok"}).status_code == 303
    proof = {"Authorization": f"Bearer {known['TOKEN']}"}
    assert functions.post("/billing/checkout/confirm", headers=proof, json={}).status_code == 200
    assert show(bought, "trialing") == "trialing\n"
    assert '"happened"' in shell(advance)
    latest = json.loads(show(invoices, "subscription_cycle"))["data"]["items"][0]
    assert (latest["status"], latest["reason"], latest["currency"], latest["total"]) == (
        "paid",
        "subscription_cycle",
        "usd",
        2900,
    )
