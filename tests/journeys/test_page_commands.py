"""The page's commands, pasted into a shell that has the README's variables: each is taken by its operation."""

import os
import subprocess
from typing import Any

import pytest

from dev.stack import Stack
from ops.reference.catalogue import listed
from ops.reference.curl import command
from ops.reference.document import document
from tests.journeys.keys import Maker

DOCUMENT: dict[str, Any] = document(listed())
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, place in DOCUMENT["paths"].items()
    for method, operation in place.items()
    if method != "parameters"
]
# Their examples hold what is made outside, or was made before: a whole key, a token, a signature.
UNMADE = {"POST /auth/api-keys/revoke", "POST /core/mail/unsubscribe/{token}"}
# An unknown variable is an error.
SHELL = ["bash", "-uc"]
NOBODYS = "f47ac10b-58cc-4372-a567-0e02b2c3d479"


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_a_command_is_taken_as_it_stands(
    path: str, method: str, operation: dict[str, Any], maker: Maker, stack: Stack
) -> None:
    text = command(method, path, operation).replace(operation_org(operation), str(maker.organization))
    known = stack.environment() | {
        "TOKEN": maker.bearer["Authorization"].removeprefix("Bearer "),
        "KEY": maker.make("profile:read", "api-keys:read")["key"],
        "ORG": str(maker.organization),
        "ID": NOBODYS,
        "USER_ID": NOBODYS,
        "NAME": "script.js",
        "MAIL_TOKEN": "of-no-mail",
    }
    ran = subprocess.run(
        [*SHELL, text.replace("curl ", "curl -sS -o - -w '\\n%{http_code}' ", 1)],
        env={"PATH": os.environ["PATH"], **known},
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    answer, status = ran.stdout.rsplit("\n", 1)
    assert ran.stderr == ""
    if f"{method.upper()} {path}" not in UNMADE:
        assert status != "400", answer
    # What is not found is what nobody has made, and never the address.
    assert "There is nothing at this address" not in answer


def operation_org(operation: dict[str, Any]) -> str:
    """Return the organization that an example of a body names, or what stands nowhere."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return str(body.get("orgId", "\0")) if isinstance(body, dict) else "\0"
