"""How a shell calls an operation."""

import json
import shlex
from typing import Any

from ops.reference.parameters import PART

CREDENTIALS = {"bearer": "Authorization: Bearer $TOKEN", "apiKey": "X-API-Key: $API_KEY"}


def command(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return a command for a shell that knows FUNCTIONS_URL, a credential and the parts of the path."""
    filled = PART.sub(lambda found: f"${found['name'].upper()}", path)
    verb = "" if method == "get" else f"-X {method.upper()} "
    lines = [f'curl {verb}"$FUNCTIONS_URL{filled}"', *(f'-H "{each}"' for each in _credential(operation))]
    parameters = operation.get("parameters", [])
    lines += [f'-H "{each["name"]}: …"' for each in parameters if each.get("in") == "header"]
    references = [parameter.get("$ref", "") for parameter in parameters]
    if any(reference.endswith("/IdempotencyKey") for reference in references):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"-H {shlex.quote(f'Content-Type: {media}')}")
        lines.append(f"-d {shlex.quote(json.dumps(content['example'], indent=2, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def _credential(operation: dict[str, Any]) -> list[str]:
    # Whoever reads this writes a program, so a key where one is taken.
    names = [name for alternative in operation["security"] for name in alternative]
    return [CREDENTIALS[names[-1]]] if names else []
