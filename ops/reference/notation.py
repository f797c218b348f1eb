"""A schema in a few words: string (uuid), array of string, integer (1 to 100)."""

import json
from typing import Any

from ops.reference.markup import Html, element, joined

PREFIX = "#/components/schemas/"


def in_words(schema: dict[str, Any]) -> Html:
    """Return what a value of this schema is, and what it is when left out; a named shape links to its table."""
    default = schema.get("default")
    return joined(_kind(schema), *(() if default is None else (", default ", element("code", json.dumps(default)))))


def _kind(schema: dict[str, Any]) -> Html:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(PREFIX)
        return element("a", name, href=f"#shape-{name}")
    if "anyOf" in schema:
        return joined(*(in_words(option) for option in schema["anyOf"]), by=" or ")
    if "const" in schema or "enum" in schema:
        words = (
            each if isinstance(each, str) else json.dumps(each) for each in schema.get("enum", [schema.get("const")])
        )
        return joined(*(element("code", word) for word in words), by=", ")
    if schema.get("type") == "array":
        return joined("array", _bounds(schema, "Items", " (", ")"), " of ", in_words(schema.get("items", {})))
    if schema.get("type") == "null":
        return Html("null")
    return joined(schema.get("type", "anything"), _detail(schema))


def _detail(schema: dict[str, Any]) -> Html:
    parts: list[str] = [schema["format"]] if "format" in schema else []
    parts += [part for part in (_bounds(schema, "Length", "", " characters"), _range(schema)) if part]
    return joined(" (", joined(*parts, by=", "), ")") if parts else Html()


def _bounds(schema: dict[str, Any], what: str, before: str, after: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    return f"{before}{_from_to(least, most)}{after}" if least is not None or most is not None else ""


def _range(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    return _from_to(least, most) if least is not None or most is not None else ""


def _from_to(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least:,}"
    return f"at most {most:,}" if least is None else f"{least:,} to {most:,}"
