import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from shared import keys, logs
from shared.config import Settings
from tests.shared.fixtures import ENVIRONMENT, JWT
from tests.shared.upstream import Json

ROOT = Path(__file__).parents[2]
SETTINGS = Settings.read(ENVIRONMENT)


def line(capsys: pytest.CaptureFixture[str]) -> Json:
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        JWT.rsplit(".", 1)[0],
        keys.make("mainstay", live=True)[1].reveal(),
        keys.make("mainstay", live=False)[1].reveal()[:40],
        keys.make("mainstay", live=False)[0].presented(SETTINGS.peppers).reveal(),
        "sb_secret_abcDEF_123",
        "sk_live_51H8abcdef",
        "whsec_abcdef123",
        "someone.else+tag@mail.example.com",
        ENVIRONMENT["FUNCTION_KEY"],
    ],
)
def test_nothing_that_looks_like_a_credential_reaches_the_log(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(SETTINGS)
    logs.logger.info("before %s after", secret, extra={"fields": {"note": f"x={secret};"}})
    written = line(capsys)
    assert secret not in json.dumps(written)
    assert written["message"] == f"before {logs.HIDDEN} after"


@pytest.mark.parametrize(
    "text", ['{"password": "hunter22!"}', "password=hunter22!", "api_key: hunter22!", "Bearer hunter22!"]
)
def test_named_secrets_are_hidden_whatever_they_look_like(text: str) -> None:
    assert "hunter22" not in logs.redact(text)


def test_an_ordinary_sentence_stays_as_it_is() -> None:
    sentence = "GET /auth/api-keys took 12 ms for 33333333-3333-4333-8333-333333333333"
    assert logs.redact(sentence) == sentence


def test_an_error_is_logged_with_its_stack_and_without_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(SETTINGS)
    try:
        int(f"could not read {JWT} of someone@example.com" + "x" * 5000)
    except ValueError as error:
        logs.logger.error("failed", exc_info=error)
    written = line(capsys)
    assert written["error"] == "ValueError"
    assert "test_logs.py" in written["stack"]
    assert JWT not in str(written)
    assert "someone@" not in str(written)
    assert len(written["cause"]) <= logs.LONGEST_CAUSE


def test_a_line_break_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(SETTINGS)
    logs.logger.info('one\n{"severity": "ERROR"}')
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_line_is_written_at_once_even_to_a_file(tmp_path: Path) -> None:
    program = "from shared import logs; logs.configure(); logs.logger.info('request'); import os; os._exit(0)"
    with (tmp_path / "log").open("wb") as output:
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, stdout=output, check=True)
    assert json.loads((tmp_path / "log").read_text())["message"] == "request"


def test_the_level_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings.read(ENVIRONMENT | {"LOG_LEVEL": "error"}))
    logs.logger.info("quiet")
    assert capsys.readouterr().out == ""
    logs.configure()
    logs.logger.info("no settings yet")
    assert line(capsys)["release"] == "unknown"
    assert logging.getLogger("httpx").level == logging.WARNING
