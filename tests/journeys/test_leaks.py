"""Keys that leaked: ended by whoever holds one, and by GitHub's alerts."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from dev import github
from dev.leak_drill import rehearsal
from dev.stack import Stack
from shared import keys
from tests.journeys.keys import Maker

ALERTS = "/auth/leaks/github"
REVOKE = "/auth/api-keys/revoke"


def alert(stack: Stack, functions: httpx.Client, said: Any, **changed: str) -> httpx.Response:
    raw = json.dumps(said).encode()
    return functions.post(ALERTS, headers=github.sign(stack.keyring.github_key, raw) | changed, content=raw)


def test_the_drill_holds(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    with rehearsal(stack) as drill:
        drill.run()
    assert capsys.readouterr().out.count("  ok  ") == 9


def test_who_holds_a_key_can_end_it(maker: Maker) -> None:
    made = maker.make()
    answers = [maker.functions.post(REVOKE, json={"key": made["key"]}) for _ in range(2)]
    assert [answer.json()["data"] for answer in answers] == [{"revoked": True}] * 2
    assert maker.use(made["key"]).status_code == 401
    told = maker.world.connection.execute(
        "select payload ->> 'finder', created_at is not null from private.outbox where dedupe_key = %s",
        [f"key_leaked:{made['id']}"],
    ).fetchall()
    assert told == [("holder", True)]


def test_a_key_that_nobody_made_is_not_found(functions: httpx.Client) -> None:
    unknown = keys.make("mainstay", live=False)[1].reveal()
    assert functions.post(REVOKE, json={"key": unknown}).status_code == 404


@pytest.mark.parametrize("text", ["", "hello", keys.make("mainstay", live=True)[1].reveal(), "x" * 101])
def test_what_is_no_key_of_this_deployment_is_told_so(functions: httpx.Client, text: str) -> None:
    answer = functions.post(REVOKE, json={"key": text})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_knowing_the_lookup_ends_nothing(maker: Maker) -> None:
    made = maker.make()
    other = keys.write(keys.Key(made["lookup"], "0" * 32), "mainstay", live=False).reveal()
    assert maker.functions.post(REVOKE, json={"key": other}).status_code == 404
    assert maker.use(made["key"]).status_code == 200


def test_github_is_told_which_were_ours(maker: Maker, stack: Stack) -> None:
    made = maker.make()
    unknown = keys.make("mainstay", live=False)[1].reveal()
    tokens = [unknown, made["key"], "mainstay_sk_test_nonsense"]
    answer = alert(stack, maker.functions, [{"token": each, "type": "t", "url": "https://x"} for each in tokens])
    assert [each["label"] for each in answer.json()] == ["false_positive", "true_positive", "false_positive"]
    assert maker.use(made["key"]).status_code == 401


def test_an_odd_item_does_not_keep_a_key_alive(maker: Maker, stack: Stack) -> None:
    made = maker.make()
    odd: list[Any] = [1, {}, {"token": 1}, {"token": "x"}, {"token": "\ud800", "type": "t", "number": 10**30}]
    many = [{"token": f"mainstay_sk_test_{number}", "type": "t"} for number in range(150)]
    real = {"token": made["key"], "type": "t", "url": "https://x/\x00\ud800" + "y" * 1000}
    answer = alert(stack, maker.functions, [*odd, *many, real])
    assert answer.json()[-1]["label"] == "true_positive"
    assert maker.use(made["key"]).status_code == 401


@pytest.mark.parametrize("raw", [b"{}", b'"x"', b"", b"[", b"[" * 100_000, b"\xff"])
def test_what_is_no_list_is_refused(functions: httpx.Client, stack: Stack, raw: bytes) -> None:
    headers = github.sign(stack.keyring.github_key, raw)
    assert functions.post(ALERTS, headers=headers, content=raw).status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"Github-Public-Key-Identifier": "0" * 64},
        {"Github-Public-Key-Identifier": ""},
        {"Github-Public-Key-Signature": ""},
        {"Github-Public-Key-Signature": "MEUCIQ=="},
        {"Github-Public-Key-Signature": "not base64!"},
    ],
)
def test_only_githubs_signature_is_believed(functions: httpx.Client, stack: Stack, changed: dict[str, str]) -> None:
    answer = alert(stack, functions, [], **changed)
    assert (answer.status_code, "trips" in answer.text) == (401, False)


def test_an_alert_larger_than_allowed_is_refused(functions: httpx.Client, stack: Stack) -> None:
    answer = alert(stack, functions, [{"token": "x" * 300_000, "type": "t"}])
    assert (answer.status_code, "256 KB" in answer.json()["error"]["message"]) == (413, True)


def test_alerts_and_revoking_all_do_not_stop_each_other(maker: Maker, stack: Stack) -> None:
    scopes = ["profile:read"]
    presented = [maker.world.key(maker.person, maker.organization, scopes).presented() for _ in range(60)]
    reports = [
        json.dumps([{"presented": each, "where": None} for each in order]) for order in (presented, presented[::-1])
    ]
    end = "select set_config('mainstay.function', 'auth', false), backend.end_leaked_keys(%s, 'github')"
    for _ in range(5):
        maker.world.run("update api_keys set revoked_at = null where org_id = %s", maker.organization)
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(lambda said: ask_alone(stack, end, said), reports))
        assert ended == [True, True]


def ask_alone(stack: Stack, statement: str, said: str) -> bool:
    with psycopg.connect(stack.database_url(), autocommit=True) as connection:
        row = connection.execute(statement.encode(), [said]).fetchone()
        return row is not None and all(row[1])
