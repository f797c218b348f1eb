import json
import re
from typing import Any

import pytest

from functions.core.scrubbing import CUT, LARGEST, scrub, scrub_text
from functions.core.secret_forms import hide
from shared import keys
from shared.config import Settings
from shared.logs import HIDDEN
from tests.shared.fixtures import ENVIRONMENT, JWT

SETTINGS = Settings.read(ENVIRONMENT)
API_KEY = keys.make("mainstay", live=False)[1].reveal()
SECRETS = [JWT, API_KEY, "someone@example.com", ENVIRONMENT["FUNCTION_KEY"], "Bearer abcdefgh12345", "sk_live_51H8abcd"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    notes = {
        "note": f"x {secret} y",
        f"name {secret}": 1,
        "list": [secret, {"deep": secret}],
        "a": {"b": {"c": f"({secret})"}},
    }
    assert secret not in json.dumps(scrub(notes, SETTINGS))
    assert secret not in scrub_text(f"failed for {secret}", SETTINGS, 1000)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "newPassword", "Passwd", "client_secret", "accessToken", "Authorization", "Set-Cookie", "apiKey"),
        *("X-Api-Key", "private-key", "sessionId", "email", "E-Mail", "phoneNumber", "cardNumber", "iban", "birthDate"),
        *("password1", "passwordRepeat", "newPasswordConfirmation", "pwd", "user_pwd", "pin", "userPin", "OTPCode"),
        *("mfaCode", "recoveryCodes", "auth", "basicAuth", "jwt", "refresh", "signature", "FUNCTION_KEY", "PASS"),
    ],
)
def test_the_value_of_a_private_name_is_hidden_whatever_it_looks_like(name: str) -> None:
    for value in ("hunter22", 4242424242424242, ["hunter22"], {"x": "hunter22"}, None):
        assert list(scrub({name: value}, SETTINGS).values()) == [HIDDEN]


@pytest.mark.parametrize("name", ["pinned", "compass", "author", "spinning", "authMethod", "refreshRate", "status2"])
def test_a_name_that_only_looks_private_is_shown(name: str) -> None:
    assert scrub({name: "x"}, SETTINGS) == {name: "x"}


@pytest.mark.parametrize(
    "notes",
    [
        {"form": [{"name": "password", "value": "hunter22"}]},
        {"form": [{"label": "New PIN", "text": "hunter22"}]},
        {"body": json.dumps({"password": "hunter22"})},
        {"body": json.dumps([{"name": "password", "value": "hunter22"}])},
        {"body": json.dumps(json.dumps({"a": {"mfaCode": "hunter22"}}))},
        {"body": json.dumps({"a": json.dumps({"body": json.dumps({"auth": "hunter22"})})})},
        {"body": json.dumps(json.dumps(json.dumps(json.dumps({"password": "hunter22 hunter22"}))))},
        {"body": "[" * 4000 + '{"password": "hunter22"}'},
    ],
)
def test_forms_and_json_in_text_are_looked_into(notes: dict[str, Any]) -> None:
    assert "hunter22" not in json.dumps(scrub(notes, SETTINGS))


@pytest.mark.parametrize("text", ['"\\ud800"', '["\\ud800"]', '{"\\ud800": "\\u0000"}'])
def test_json_in_text_stays_text(text: str) -> None:
    kept = scrub({"a": text}, SETTINGS)["a"]
    assert "\0" not in kept.encode().decode()


def test_a_known_secret_is_hidden_whole_whatever_is_in_it() -> None:
    assert "b c" not in hide("x token=a b c y", ("a b c",))


def test_a_number_may_be_a_card() -> None:
    notes = {"n": 4242424242424242, "at": 1732182615123456, "id": 4242424242424241, "large": 10**30, "yes": True}
    assert scrub(notes, SETTINGS) == notes | {"n": HIDDEN}


def test_ordinary_notes_stay_as_they_are() -> None:
    notes: dict[str, Any] = {
        "route": "/checkout",
        "status": 500,
        "ok": False,
        "none": None,
        "ms": 1.5,
        "tags": ["a", "b"],
    }
    assert scrub(notes, SETTINGS) == notes


def test_depth_width_and_length_are_bounded() -> None:
    deep: Any = "bottom"
    for _ in range(100):
        deep = {"down": deep}
    assert json.dumps(scrub({"d": deep}, SETTINGS)).count("down") == 3
    assert CUT in json.dumps(scrub({"d": deep}, SETTINGS))
    wide = scrub({str(number): [number] * 100 for number in range(100)}, SETTINGS)
    assert (len(wide), {len(each) for each in wide.values()}) == (40, {40})
    assert scrub({"n" * 200: "x" * 5000}, SETTINGS) == {"n" * 64: "x" * 500}


def test_notes_that_are_too_large_all_the_same_are_left_out() -> None:
    large = {f"{number}": ["é" * 100] * 40 for number in range(40)}
    assert len(json.dumps(scrub(large, SETTINGS))) < LARGEST
    assert scrub(large, SETTINGS) == {"cut": True}


def test_a_secret_that_the_cut_goes_through_is_hidden_whole() -> None:
    for length in range(900, 1000):
        told = scrub_text("x" * length + " " + API_KEY, SETTINGS, 1000)
        assert not re.search(r"_sk_test_\w", told)
        assert len(told) <= 1000
