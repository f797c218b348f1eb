"""Secrets in a text: every form is hidden, an ordinary sentence is not, and hostile text takes no longer."""

import json
import time
from uuid import uuid4

import pytest

from functions.core.secret_forms import hide
from shared import tokens
from shared.config import Settings
from shared.logs import HIDDEN
from tests.shared.fixtures import ENVIRONMENT

SETTINGS = Settings.read(ENVIRONMENT)
TOKEN = tokens.derive("unsubscribe", uuid4(), SETTINGS.peppers[0])
FUNCTION_KEY = "mainstay_fn_auth_" + TOKEN
PEM = "-----BEGIN RSA PRIVATE KEY-----\nhunter22\nhunter22\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        "plain password is hunter22",
        "the Password was: hunter22!",
        "pwd=hunter22",
        "newPwd: hunter22",
        "password1=hunter22&passwordRepeat=hunter22",
        "passphrase: hunter22 and hunter22",
        "otp=hunter22",
        "PIN: hunter22",
        "mfa_code=hunter22",
        "password%3Dhunter22",
        "password%22%3A%22hunter22%22",
        r"{\"password\":\"hunter22\"}",
        r"{\"password\": \"a\\\"b hunter22\"}",
        json.dumps(json.dumps({"x": json.dumps({"password": "one hunter22"})})),
        '{"password": "correct hunter22 battery"}',
        r'{"password": "a \" hunter22"}',
        "{'secret': 'correct hunter22'}",
        '[{"name":"password","value":"correct hunter22"}]',
        r"[{\"name\":\"newPassword\",\"value\":\"hunter22\"}]",
        "postgresql://postgres:hunter22@host/x",
        "redis://:hunter22@host",
        "amqp://me:p@hunter22@host",
        "Cookie: session=hunter22; other=hunter22",
        '"Set-Cookie": "a=hunter22; b=hunter22"',
        "Authorization: Digest a, b=hunter22",
        PEM,
        PEM.replace("\n", "\\n"),
        PEM[:50],
    ],
)
def test_what_is_named_is_hidden_to_its_end(text: str) -> None:
    assert "hunter22" not in hide(f"it broke. {text}", ())
    assert hide(f"it broke. {text}", ()).startswith("it broke. ")


@pytest.mark.parametrize(
    "secret",
    [
        *("victim@example.com", "victim%40example.com", "victim%2540example.com", "o'brien@example.com"),
        *("AKIAIOSFODNN7EXAMPLE", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github_pat_11ABCDEFG0abcdefghij_x"),
        *("xoxb-1234567890-abcdefgh", "SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf", "re_123456789_AbCdEfGhIj"),
        *("sk_live_51H8abcdef", "mysk_live_51H8abcdef", "sk-proj-abcdefghij0123456789", "glpat-abcdefghij0123456789"),
        *("4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005"),
        *(FUNCTION_KEY, TOKEN, f"{uuid4()}.{TOKEN}", "sbp_0123456789abcdef0123"),
    ],
)
def test_a_form_is_hidden_wherever_it_stands(secret: str) -> None:
    for text in (
        f"for {secret}.",
        f"({secret})",
        f"x={secret};",
        f"/a?b={secret}&c=1",
        f"id 5 {secret}",
        f'"{secret}"',
    ):
        assert secret.removeprefix("my") not in hide(text, ())
        assert HIDDEN in hide(text, ())
    assert "brien" not in hide("o'brien@example.com", ())


@pytest.mark.parametrize(
    "text",
    [
        "Cannot read properties of undefined (reading 'map')",
        "GET /checkout took 12 ms at 1732182615123 for 33333333-3333-4333-8333-333333333333",
        "the password is required, is wrong or is too short",
        "at https://unpkg.com:443/react/umd/react.js:12:34 (@ 12)",
        "at http://localhost:5173/src/re_export_of_names.ts?v=1#top",
        "spin: 7, opinion: none, compass: north",
        "sum 4242424242424241 of 1732182615123456",
    ],
)
def test_an_ordinary_sentence_stays_as_it_is(text: str) -> None:
    assert hide(text, ()) == text


HOSTILE = [
    *("a", "1", "1 ", "4 ", "\\", '"', "'", "-", "_", ".", "@", "%40", "a@", "a@a.", "://", "://:", "://a:", " ", "\n"),
    *(
        "password",
        "password:",
        "password: ",
        'password:"',
        'password:\\"',
        "password is ",
        "password%3d",
        "pwd-",
        "token=",
    ),
    *(
        "Cookie:",
        "passphrase:x ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "re_",
        "sk-",
        "aA1",
        "aA1-",
        "SG.",
        "eyJ",
    ),
    *('"name":"password","value":"', '"name":"', '"name": "password", ', "xoxb-", "x_fn_a_", "00000000-0000-"),
]


@pytest.mark.parametrize("part", HOSTILE)
def test_eight_kilobytes_of_anything_take_little_time(part: str) -> None:
    took = {}
    for size in (8192, 32768):
        text = (part * size)[:size]
        began = time.process_time()
        hide(text + "!", ())
        took[size] = time.process_time() - began
    assert took[8192] < 0.25
    # Four times the text takes about four times as long, not sixteen times.
    assert took[32768] < max(8 * took[8192], 0.05)
