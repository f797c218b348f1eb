import httpx
import pytest

from dev import market, units
from dev.keyring import Keyring
from dev.ports import Ports
from dev.project import Project
from dev.stack import Stack
from tests.world import World

PORTS, KEYRING = Ports(20000), Keyring()
SECRETS = {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_PORTAL_CONFIGURATION", "STRIPE_API_BASE"}


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in market.REAL:
        monkeypatch.delenv(name, raising=False)


def of_unit(unit: str) -> dict[str, str]:
    given = units.environment(unit, PORTS, KEYRING, Project())
    return {name: value for name, value in given.items() if name in SECRETS}


def test_the_functions_that_bill_talk_to_the_double() -> None:
    assert of_unit("billing") == {
        "STRIPE_SECRET_KEY": "sk_test_double",
        "STRIPE_WEBHOOK_SECRETS": KEYRING.stripe_secret,
        "STRIPE_API_BASE": "http://127.0.0.1:20009",
    }


@pytest.mark.parametrize("unit", ["auth", "core"])
def test_nobody_else_is_told_a_word_of_it(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_somebody")
    assert of_unit(unit) == {}


def test_with_a_real_key_in_the_environment_they_talk_to_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_somebody")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", "whsec_of_somebody")
    assert market.is_real()
    assert of_unit("billing") == {
        "STRIPE_SECRET_KEY": "sk_test_of_somebody",
        "STRIPE_WEBHOOK_SECRETS": "whsec_of_somebody",
    }


def test_the_double_holds_what_the_catalog_sells(stack: Stack, world: World) -> None:
    kept = httpx.get(f"{stack.stripe_url}/v1/prices", headers={"Authorization": "Bearer sk_test_double"}).json()["data"]
    ours = world.connection.execute(
        "select provider_id, lookup_key from prices where sellable and starts_with(lookup_key, 'pro_')"
    ).fetchall()
    assert len(ours) > 1
    assert set(ours) <= {(each["id"], each["lookup_key"]) for each in kept}
    assert stack.portal.startswith("bpc_")
