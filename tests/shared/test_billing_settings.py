import pytest

from shared.config import Misconfigured, Settings
from shared.logs import known_secrets
from tests.shared.fixtures import ENVIRONMENT

FIRST, SECOND = "whsec_" + "a" * 32, "whsec_" + "b" * 32


def test_while_a_secret_is_replaced_both_are_believed_and_neither_is_logged() -> None:
    settings = Settings.read(ENVIRONMENT | {"STRIPE_WEBHOOK_SECRETS": f"{FIRST}, {SECOND},"})
    assert [each.reveal() for each in settings.stripe_webhook_secrets] == [FIRST, SECOND]
    assert {FIRST, SECOND} <= set(known_secrets(settings))


def test_without_settings_nothing_is_billed() -> None:
    settings = Settings.read(ENVIRONMENT)
    assert (settings.stripe_secret_key.reveal(), settings.stripe_webhook_secrets) == ("", ())
    assert (settings.stripe_api_base, settings.stripe_automatic_tax) == ("https://api.stripe.com", False)
    assert settings.app_origins == frozenset()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_WEBHOOK_SECRETS", "a"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_" + "a" * 15),
        ("STRIPE_WEBHOOK_SECRETS", f"{FIRST},b"),
        ("STRIPE_WEBHOOK_SECRETS", "a" * 40),
        ("STRIPE_API_BASE", "api.stripe.com"),
        ("STRIPE_AUTOMATIC_TAX", "perhaps"),
        ("APP_ORIGINS", "https://app.example.com/path"),
        ("APP_ORIGINS", "*"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.read(ENVIRONMENT | {name: value})
    assert name in str(refused.value)
    # What is shorter stands in the sentence itself.
    assert len(value) <= len("whsec_") or value not in str(refused.value)
