"""The file of addresses and keys that a shell can source and a person can read."""

import shlex
from collections.abc import Mapping


def render(values: Mapping[str, str]) -> str:
    """Write one `export NAME='value'` per line; no value is ever taken for shell syntax."""
    return "".join(f"export {name}={_quoted(value)}\n" for name, value in values.items())


def parse(text: str) -> dict[str, str]:
    """Read back what `render` wrote."""
    return dict(word.split("=", 1) for word in shlex.split(text) if word != "export")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"
