"""The integrator's clients under examples/, each as its reader runs it, against the run's stack."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from dev import envfile
from dev.stack import Stack
from tests.examples.doorway import Refusal, Seen, door

EXAMPLES = Path(__file__).parents[2] / "examples"
CLIENTS = {
    "bash": ["bash", str(EXAMPLES / "client.sh")],
    "Python": [sys.executable, "-I", "-W", "error", str(EXAMPLES / "client.py")],
    "JavaScript": ["node", str(EXAMPLES / "client.mjs")],
}
PASSWORD = "Correct-horse-7 'with' \"quotes\" \\ and $signs"

Run = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Integrator:
    """Somebody who has just signed up: one for each test, for nobody may make many keys in five minutes."""

    email: str
    bearer: dict[str, str]


@pytest.fixture
def integrator(stack: Stack) -> Integrator:
    email = f"{uuid4()}@example.com"
    signed_up = httpx.post(
        f"{stack.url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={"email": email, "password": PASSWORD},
    )
    return Integrator(email, {"Authorization": f"Bearer {signed_up.json()['access_token']}"})


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    language: str = request.param
    return language


@pytest.fixture
def run(client: str, stack: Stack, integrator: Integrator, tmp_path: Path) -> Run:
    def run(password: str = PASSWORD, *, until: int = 0, **changed: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "the env"
        path.write_text(envfile.render(stack.environment() | changed), "utf-8")
        told = {"ENV_FILE": str(path), "MAINSTAY_EMAIL": integrator.email, "MAINSTAY_PASSWORD": password}
        piped = ["bash", "-c", f'"$@" | head -n {until}', "bash"] if until else []
        return subprocess.run(
            [*piped, *CLIENTS[client]],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **told},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    return run


def key_made(output: str) -> str:
    found = re.search(r"^made +([0-9A-Za-z]{12})$", output, re.MULTILINE)
    assert found, output
    return found[1]


def listed(functions: httpx.Client, integrator: Integrator) -> dict[str, dict[str, object]]:
    page = functions.get("/auth/api-keys?limit=100", headers=integrator.bearer).json()["data"]
    return {item["lookup"]: item for item in page["items"]}


def test_a_key_is_made_used_and_revoked_and_nothing_secret_printed(
    run: Run, client: str, functions: httpx.Client, integrator: Integrator
) -> None:
    ran = run()
    assert (ran.returncode, ran.stderr) == (0, "")
    lookup = key_made(ran.stdout)
    made = listed(functions, integrator)[lookup]
    assert made["name"] == f"example in {client}"
    assert made["revokedAt"]
    assert re.search(rf"^who am I  key of organization {made['orgId']}, may .*api-keys:read", ran.stdout, re.MULTILINE)
    assert re.search(r"^limit +burst: \d+ of \d+ left$", ran.stdout, re.MULTILINE)
    assert ran.stdout.splitlines()[-1].split() == ["revoked", lookup]
    assert not re.search(r"_sk_test_|eyJ|Correct-horse", ran.stdout)


def test_pages_follow_each_other_to_the_last(
    run: Run, client: str, functions: httpx.Client, integrator: Integrator
) -> None:
    names = ["first", "second", "third", "Prüfstand ☃"]
    for name in names:
        body = {"name": name, "scopes": ["profile:read"]}
        assert functions.post("/auth/api-keys", headers=integrator.bearer, json=body).status_code == 201
    shown = re.findall(r"^key +[0-9A-Za-z]{12}  (.*)$", run().stdout, re.MULTILINE)
    assert shown == [f"example in {client}", *names[::-1]]


def test_keys_that_were_revoked_are_marked(run: Run, client: str) -> None:
    assert run().returncode == 0
    shown = re.findall(r"^key +[0-9A-Za-z]{12}  (.*)$", run().stdout, re.MULTILINE)
    assert shown == [f"example in {client}", f"example in {client} (revoked)"]


@pytest.mark.parametrize("lines", [1, 3])
def test_a_reader_who_has_had_enough_hears_no_more_and_the_key_ends(
    run: Run, functions: httpx.Client, integrator: Integrator, lines: int
) -> None:
    ran = run(until=lines)
    assert (ran.stderr, len(ran.stdout.splitlines())) == ("", lines)
    assert listed(functions, integrator)[key_made(ran.stdout)]["revokedAt"]


def test_a_refusal_is_told_with_its_code_and_request_id(run: Run) -> None:
    ran = run(password="Wrong-horse-7")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert re.fullmatch(r"invalid_\w+: .+ \(request id [0-9a-f-]{32,36}\)\n", ran.stderr)


def test_without_a_stack_one_sentence_says_what_to_do(client: str, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "ENV_FILE": str(tmp_path / "env")}
    ran = subprocess.run(CLIENTS[client], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert ran.stderr == f"There is no {tmp_path / 'env'}. Run `make up` first.\n"


REFUSALS = {
    ("POST", "/auth/api-keys"): (Refusal(409, "CONFLICT", "1"), 1),
    ("GET", "/auth/whoami"): (Refusal(429, "RATE_LIMITED", "0"), 0),
    ("GET", "/auth/api-keys"): (Refusal(0, "no answer"), 1),
}


def test_later_means_the_same_request_again(run: Run, stack: Stack) -> None:
    revoking = (Refusal(503, "UNAVAILABLE", "0"), 0)

    def once(seen: Seen, before: int) -> Refusal | None:
        return None if before else REFUSALS.get((seen.method, seen.path), revoking)[0]

    with door(stack.functions_url, once) as opened:
        ran = run(FUNCTIONS_URL=opened.url)
    assert (ran.returncode, ran.stderr, len(opened.seen)) == (0, "", 8)
    for first, second in zip(opened.seen[::2], opened.seen[1::2], strict=True):
        assert (first.method, first.path) == (second.method, second.path)
        assert second.at - first.at >= REFUSALS.get((first.method, first.path), revoking)[1]
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
        assert first.headers.get("idempotency-key") == second.headers.get("idempotency-key")
    assert opened.seen[0].headers["idempotency-key"]


def test_each_run_draws_its_own_idempotency_key(run: Run) -> None:
    with door("", lambda *_: Refusal(400, "VALIDATION_ERROR")) as opened:
        assert [run(FUNCTIONS_URL=opened.url).returncode for _ in range(2)] == [1, 1]
    assert len({seen.headers["idempotency-key"] for seen in opened.seen}) == 2


def test_a_client_gives_up_after_four_tries(run: Run) -> None:
    with door("", lambda *_: Refusal(503, "UNAVAILABLE", "0")) as opened:
        ran = run(FUNCTIONS_URL=opened.url)
    assert (ran.returncode, ran.stderr) == (1, "UNAVAILABLE: Come back. (request id of-the-door)\n")
    assert len(opened.seen) == 4
    assert len({seen.headers["idempotency-key"] for seen in opened.seen}) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Refusal(409, "CONFLICT"), id="a conflict"),
        pytest.param(Refusal(503, "UNAVAILABLE", "3600"), id="in an hour"),
        pytest.param(Refusal(502, "none", media="text/html"), id="a page"),
        pytest.param(Refusal(400, "VALIDATION_ERROR", "1"), id="never"),
    ],
)
def test_what_waiting_does_not_mend_is_told_at_once(run: Run, refusal: Refusal) -> None:
    with door("", lambda *_: refusal) as opened:
        ran = run(FUNCTIONS_URL=opened.url)
    assert ran.returncode == 1
    assert len(opened.seen) == 1
    assert ran.stderr.startswith("HTTP 502: " if refusal.code == "none" else f"{refusal.code}: ")


def test_a_post_without_an_idempotency_key_is_sent_once(run: Run) -> None:
    with door("", lambda *_: Refusal(503, "UNAVAILABLE", "1")) as opened:
        ran = run(SUPABASE_URL=opened.url)
    assert (ran.returncode, len(opened.seen)) == (1, 1)
    assert ran.stderr.startswith("UNAVAILABLE: ")


def test_silence_is_told_as_silence(run: Run) -> None:
    with door("", lambda *_: Refusal(0, "no answer")) as opened:
        ran = run(SUPABASE_URL=opened.url)
    assert (ran.returncode, ran.stdout, len(opened.seen)) == (1, "", 1)
    assert re.fullmatch(r"NO_ANSWER: \S.* \(request id [0-9a-f-]{32,36}\)\n", ran.stderr)


def test_a_key_is_revoked_even_when_its_use_fails(
    run: Run, stack: Stack, functions: httpx.Client, integrator: Integrator
) -> None:
    refusal = Refusal(403, "AUTHORIZATION_ERROR")
    with door(stack.functions_url, lambda seen, _: refusal if seen.method == "GET" else None) as opened:
        ran = run(FUNCTIONS_URL=opened.url)
    assert (ran.returncode, ran.stderr) == (1, "AUTHORIZATION_ERROR: Come back. (request id of-the-door)\n")
    assert listed(functions, integrator)[key_made(ran.stdout)]["revokedAt"]
