import logging
import tomllib
from pathlib import Path

import pytest

from shared import config
from shared.config import Misconfigured, Settings
from tests.shared.fixtures import ENVIRONMENT

ROOT = Path(__file__).parents[2]


def test_the_example_is_in_step_with_the_declarations() -> None:
    assert (ROOT / ".env.example").read_text() == config.example()


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == config.VERSION


def test_only_config_reads_the_environment() -> None:
    files = [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    readers = [path.name for path in files if "environ" in path.read_text().replace("environment", "")]
    assert readers == ["config.py"]


def test_what_is_not_set_has_the_documented_default() -> None:
    settings = Settings.read(ENVIRONMENT)
    assert (settings.brand, settings.live, settings.environment, settings.log_level) == (
        "mainstay",
        False,
        "production",
        "info",
    )


def test_all_problems_come_in_one_error_that_names_variables() -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.read({"LIVE": "perhaps", "API_KEY_BRAND": "X"})
    for name in (
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "FUNCTION_KEY",
        "LIVE",
        "API_KEY_BRAND",
    ):
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "ftp://example.com"),
        ("SUPABASE_URL", "https://example.com/rest/v1"),
        ("SUPABASE_URL", "http://not-this-machine.example"),
        ("SUPABASE_URL", "https://[broken"),
        ("SUPABASE_URL", "https://example.com:port"),
        ("SUPABASE_URL", "https://user:password@example.com"),
        ("SUPABASE_PUBLISHABLE_KEY", "two\nlines"),
        ("FUNCTION_KEY", "kéy-of-somebody"),
        ("API_KEY_PEPPERS", "1:dG9vc2hvcnQ"),
        ("API_KEY_PEPPERS", ENVIRONMENT["API_KEY_PEPPERS"] + "," + ENVIRONMENT["API_KEY_PEPPERS"]),
        ("API_KEY_PEPPERS", ENVIRONMENT["API_KEY_PEPPERS"].replace("1:", "0:")),
        ("API_KEY_PEPPERS", "1:?"),
        ("API_KEY_BRAND", "Mainstay"),
        ("LIVE", "yes"),
        ("ENVIRONMENT", "live-ish"),
        ("LOG_LEVEL", "loud"),
        ("ALLOWED_ORIGINS", "https://*.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.read(ENVIRONMENT | {name: value})
    assert name in str(refused.value)
    assert value not in str(refused.value)


def test_an_empty_value_counts_as_not_set() -> None:
    assert Settings.read(ENVIRONMENT | {"API_KEY_BRAND": " "}).brand == "mainstay"


def test_peppers_come_newest_first() -> None:
    assert [pepper.version for pepper in Settings.read(ENVIRONMENT).peppers] == [2, 1]


def test_peppers_are_for_functions_that_handle_keys() -> None:
    settings = Settings.read(ENVIRONMENT | {"API_KEY_PEPPERS": ""})
    with pytest.raises(Misconfigured, match="API_KEY_PEPPERS is not set"):
        _ = settings.peppers


def test_plain_http_is_for_this_machine_and_for_development() -> None:
    Settings.read(ENVIRONMENT | {"SUPABASE_URL": "http://localhost:54321"})
    Settings.read(ENVIRONMENT | {"SUPABASE_URL": "http://kong:8000", "ENVIRONMENT": "development"})


def test_no_way_of_printing_settings_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.read(ENVIRONMENT)
    with caplog.at_level(logging.INFO):
        logging.getLogger("somewhere").info("%s %r", settings, settings.function_key)
    shown = f"{settings} {settings!r} {settings.function_key} {settings.peppers} {caplog.text}"
    assert "nobody-may-see" not in shown
    assert repr(settings.peppers[0].secret)[2:-1] not in shown
