"""How a shell calls an operation."""

import json
import shlex
from typing import Any
from urllib.parse import quote, urlencode

from ops.reference.parameters import PART

CREDENTIALS = {
    "bearer": "Authorization: Bearer $TOKEN",
    "apiKey": "X-API-Key: $KEY",
    "metricsToken": "Authorization: Bearer $METRICS_TOKEN",
}
# Without this, the answer that is shown beside it would be another one.
ASKED = {"explain"}
# What the page shows in one line.
WIDEST = 54
# What every shell has; uuidgen many lack.
FRESH = "$(date +%s)-$RANDOM"
# As the README's five minutes call them; a mail's token is not a person's.
VARIABLES = {"orgId": "$ORG", "token": "$MAIL_TOKEN", "user_id": "$USER_ID"}


def command(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return a command for a shell that knows FUNCTIONS_URL, a credential, ORG and the parts of the path."""
    parameters = operation.get("parameters", [])
    filled = PART.sub(lambda found: _variable(found["name"]), path) + _query(parameters)
    verb = "" if method == "get" else f"-X {method.upper()} "
    lines = [*_call(verb, f'"$FUNCTIONS_URL{filled}"'), *(f'-H "{each}"' for each in _credential(operation))]
    lines += [f'-H "{each["name"]}: …"' for each in parameters if each.get("in") == "header"]
    references = [parameter.get("$ref", "") for parameter in parameters]
    if any(reference.endswith("/IdempotencyKey") for reference in references):
        lines.append(f'-H "Idempotency-Key: {FRESH}"')
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"-H {shlex.quote(f'Content-Type: {media}')}")
        lines.append(f"-d {shlex.quote(_body(media, content['example']))}")
    return " \\\n  ".join(lines)


def _call(verb: str, address: str) -> list[str]:
    whole = f"curl {verb}{address}"
    return [whole] if len(whole) <= WIDEST or not verb else [f"curl {verb}".rstrip(), address]


def _variable(name: str) -> str:
    return VARIABLES.get(name, f"${name.upper()}")


def _query(parameters: list[dict[str, Any]]) -> str:
    # What may be left out is left out: the table beside the command names it.
    queries = [each for each in parameters if each.get("in") == "query"]
    shown = [each for each in queries if each["required"] or each["name"] in ASKED]
    pairs = [f"{each['name']}={VARIABLES.get(each['name']) or quote(str(each['example']), ':')}" for each in shown]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _body(media: str, example: Any) -> str:  # noqa: ANN401 - JSON
    return urlencode(example) if media.endswith("urlencoded") else json.dumps(example, indent=2, ensure_ascii=False)


def _credential(operation: dict[str, Any]) -> list[str]:
    # Whoever reads this writes a program, so a key where one is taken.
    names = [name for alternative in operation["security"] for name in alternative]
    return [CREDENTIALS[names[-1]]] if names else []
