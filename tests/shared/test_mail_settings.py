import base64

import pytest

from shared.config import Misconfigured, Settings
from tests.shared.fixtures import ENVIRONMENT


def test_without_settings_nothing_is_sent() -> None:
    settings = Settings.read(ENVIRONMENT)
    assert (settings.mail_provider, settings.mail_from, settings.smtp_relay) == ("none", "", None)
    assert (settings.app_url, settings.resend_url) == ("http://localhost:3000", "https://api.resend.com")


def test_addresses_of_pages_end_without_a_slash() -> None:
    said = {"APP_URL": "https://app.example.com/", "FUNCTIONS_URL": "https://api.example.com/functions/v1/"}
    settings = Settings.read(ENVIRONMENT | said)
    assert (settings.app_url, settings.functions_url) == (
        "https://app.example.com",
        "https://api.example.com/functions/v1",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_PROVIDER", "sendmail"),
        ("MAIL_FROM", "Mainstay <post@example.com>"),
        ("MAIL_NAME", "two\nlines"),
        ("APP_URL", "javascript:alert(1)"),
        ("APP_URL", "http://app.example.com"),
        ("FUNCTIONS_URL", "http://api.example.com/functions/v1"),
        ("RESEND_URL", "http://api.resend.com"),
        ("RESEND_WEBHOOK_SECRET", "not-base64-at-all-but-long-enough"),
        ("RESEND_WEBHOOK_SECRET", "whsec_" + base64.b64encode(b"s" * 23).decode()),
        ("JOBS_SECRET", "x" * 31),
        ("JOBS_URL", "http://jobs.example.com"),
        ("SMTP_URL", "smtp://user:of-tests@mail.example.com"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{name} ") as refused:
        Settings.read(ENVIRONMENT | {name: value})
    assert value not in str(refused.value)


def test_secrets_that_sign_are_taken_when_they_are_long_enough() -> None:
    signs = "whsec_" + base64.b64encode(b"s" * 24).decode()
    said = {"RESEND_WEBHOOK_SECRET": signs, "JOBS_SECRET": "x" * 32, "JOBS_URL": "https://jobs.example.com"}
    settings = Settings.read(ENVIRONMENT | said)
    assert (settings.resend_webhook_secret.reveal(), settings.jobs_secret.reveal()) == (signs, "x" * 32)
    assert settings.jobs_url == "https://jobs.example.com"
    with pytest.raises(Misconfigured, match="RESEND_WEBHOOK_SECRET needs whsec_ and at least 24 bytes in base64"):
        Settings.read(ENVIRONMENT | {"RESEND_WEBHOOK_SECRET": "whsec_"})
    none = Settings.read(ENVIRONMENT)
    assert (none.resend_webhook_secret.reveal(), none.jobs_secret.reveal(), none.jobs_url) == ("", "", "")
    assert Settings.read(ENVIRONMENT | {"JOBS_URL": "http://127.0.0.1:54321"}).jobs_url == "http://127.0.0.1:54321"


def test_no_way_of_printing_settings_shows_a_secret_of_mail() -> None:
    hidden = "nobodymaysee" * 4
    settings = Settings.read(
        ENVIRONMENT | dict.fromkeys(("RESEND_API_KEY", "RESEND_WEBHOOK_SECRET", "SMTP_PASSWORD"), hidden)
    )
    assert settings.smtp_password.reveal() == hidden
    assert hidden not in f"{settings} {settings!r}"
