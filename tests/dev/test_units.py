from collections.abc import Callable
from pathlib import Path

import pytest

from dev import functions, gotrue, node, surroundings, units
from dev.keyring import Keyring
from dev.ports import Ports
from dev.project import DEVELOPED_AT, Project
from functions.auth import api_keys
from functions.core import health
from shared import worker
from shared.admission import admit

KEYRING = Keyring()
PORTS = Ports(20500)
SECRETS = {
    *KEYRING.passwords.values(),
    KEYRING.secret_key,
    KEYRING.lite_secret,
    KEYRING.function_key("core"),
    str(KEYRING.signing_key["d"]),
}


def test_a_unit_holds_its_own_key_and_no_other_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from the shell")
    given = units.environment("auth", PORTS, KEYRING, Project())
    assert given["FUNCTION_KEY"] == KEYRING.function_key("auth")
    assert not SECRETS & set(given.values())
    assert set(given) - set(surroundings.PASSED_ON) == {
        "MAINSTAY_UNIT",
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "FUNCTION_KEY",
        "API_KEY_PEPPERS",
        "GITHUB_KEYS_URL",
        "ENVIRONMENT",
        "ALLOWED_ORIGINS",
        "RELEASE",
        "JOBS_URL",
        "JOBS_SECRET",
        "PYTHONUNBUFFERED",
    }


@pytest.mark.parametrize("unit", units.names())
def test_peppers_are_for_units_that_check_keys(unit: str) -> None:
    wants_callers = any(endpoint.who for module in functions.modules(unit) for endpoint in module.endpoints)
    assert ("API_KEY_PEPPERS" in units.environment(unit, PORTS, KEYRING, Project())) == wants_callers


def test_a_unit_whose_endpoints_are_for_everyone_asks_nobody() -> None:
    assert functions.admission(health.endpoints) is None
    assert functions.admission([*health.endpoints, *api_keys.endpoints]) is admit


def test_each_unit_can_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    for unit in units.names():
        monkeypatch.setenv("MAINSTAY_UNIT", unit)
        leaving: list[Callable[[], None]] = []
        monkeypatch.setattr(functions, "on_end", leaving.append)
        assert functions.app().leave in leaving


def test_the_metrics_token_is_for_the_unit_that_shows_metrics() -> None:
    given = {unit: units.environment(unit, PORTS, KEYRING, Project()) for unit in units.names()}
    assert given["core"]["METRICS_TOKEN"] == KEYRING.metrics_token
    assert [unit for unit in given if "METRICS_TOKEN" in given[unit]] == ["core"]


def test_real_auth_is_told_the_hooks_that_are_enabled(tmp_path: Path) -> None:
    hook = {"enabled": True, "uri": "pg-functions://postgres/hooks/claims"}
    project = Project(auth={"hook": {"custom_access_token": hook, "send_email": {"enabled": False, "uri": "x"}}})
    env = gotrue.environment(tmp_path / "auth", PORTS, KEYRING, project, "postgresql://u:p@127.0.0.1:20501/postgres")
    told = {name: value for name, value in env.items() if "_HOOK_" in name}
    assert told == {
        "GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_ENABLED": "true",
        "GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI": hook["uri"],
    }
    assert "search_path=auth" in env["DATABASE_URL"]


def test_real_auth_is_told_how_long_sessions_last_and_who_may_enrol(tmp_path: Path) -> None:
    auth = {"mfa": {"totp": {"enroll_enabled": True, "verify_enabled": True}}, "sessions": {"timebox": "168h"}}
    given = [
        gotrue.environment(tmp_path / "auth", PORTS, KEYRING, project, "postgresql://u:p@127.0.0.1:20501/postgres")
        for project in (Project(auth=auth), Project())
    ]
    told = [{name: env[name] for name in env if "_SESSIONS_" in name or "_TOTP_" in name} for env in given]
    switches = ("GOTRUE_MFA_TOTP_ENROLL_ENABLED", "GOTRUE_MFA_TOTP_VERIFY_ENABLED")
    assert told == [
        {**dict.fromkeys(switches, "true"), "GOTRUE_SESSIONS_TIMEBOX": "168h"},
        dict.fromkeys(switches, "false"),
    ]


def test_origins_are_where_people_are_sent_back_to_and_where_web_applications_are_developed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALLOWED_ORIGINS", raising=False)
    project = Project(
        auth={"site_url": "https://app.example.com/a", "additional_redirect_urls": ["https://*.x.dev/**"]}
    )
    assert set(project.origins) == {*DEVELOPED_AT, "https://app.example.com"}
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example,https://b.example")
    assert project.origins == ["https://a.example", "https://b.example"]


def test_the_gateway_waits_until_a_hinted_run_ends() -> None:
    # Its last job is begun a margin before its time is up, and may take longer than that.
    assert node.PATIENCE["functions"] > worker.HINTED_SECONDS + worker.MARGIN_SECONDS
