"""The page's commands: each has what its operation demands."""

import re
import shlex
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ops.reference.catalogue import listed
from ops.reference.curl import ASKED, command
from ops.reference.document import document

DOCUMENT: dict[str, Any] = document(listed())
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, place in DOCUMENT["paths"].items()
    for method, operation in place.items()
    if method != "parameters"
]


def resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter, or what its reference leads to."""
    name = parameter.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["parameters"][name] if name else parameter
    return found


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_a_command_has_every_parameter_that_is_required(path: str, method: str, operation: dict[str, Any]) -> None:
    words = shlex.split(command(method, path, operation).replace("\\\n", ""))
    url = urlsplit(next(word for word in words if word.startswith("$FUNCTIONS_URL")))
    headers = {value.split(":")[0] for flag, value in pairwise(words) if flag == "-H"}
    place = DOCUMENT["paths"][path]["parameters"]
    needed = [each for each in map(resolved, [*place, *operation.get("parameters", [])]) if each.get("required")]
    named = {kind: {each["name"] for each in needed if each["in"] == kind} for kind in ("path", "query", "header")}
    assert set(parse_qs(url.query)) - ASKED == named["query"]
    assert len(set(re.findall(r"\$(\w+)", url.path)) - {"FUNCTIONS_URL"}) == len(named["path"])
    assert headers >= named["header"]
    assert ("-d" in words) == ("requestBody" in operation)
    assert bool(headers & {"Authorization", "X-API-Key"}) == bool(operation["security"])


def test_some_operation_requires_a_parameter_of_its_query() -> None:
    found = DOCUMENT["paths"]["/auth/api-keys"]["delete"]
    assert '"$FUNCTIONS_URL/auth/api-keys?orgId=$ORG"' in command("delete", "/auth/api-keys", found)
