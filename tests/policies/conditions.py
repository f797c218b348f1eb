"""Conditions in a function's body, one taken out at a time: and/or operands, filters, ifs, comparisons, calls that refuse."""

import re
from collections.abc import Iterator

TOKEN = re.compile(r"(?<!exception )\b(and|or|where|if|elsif|when)\b")
# Where an operand ends, outside of its own parentheses.
END = re.compile(
    r"\b(and|or|then|order by|group by|for update|for no key update|returning|loop|limit|when|else|end|union|on conflict|do update|do nothing|into)\b|[;,)]"
)
CASE = re.compile(r"\bcase\b")
COMPARISON = re.compile(r"(?<=\s)(<=|>=|<|>)(?=\s)")
OTHER = {"<=": "<", ">=": ">", "<": "<=", ">": ">="}
CALL = re.compile(r"\bperform (private\.[a-z_]+|gate\.[a-z_]+)\(")


def masked(body: str) -> str:
    """Return the body with texts and comments blanked out, each character in its place."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", lambda found: "_" * len(found.group()), body)


def closing(text: str, start: int) -> int:
    """Return the position after the parenthesis that closes the one before `start`."""
    depth = 1
    while depth:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[start], 0)
        start += 1
    return start


def operand_end(text: str, start: int) -> int:
    """Return where the operand that begins at `start` ends."""
    position = start
    while position < len(text):
        if text[position] in "([":
            position = closing(text, position + 1)
            continue
        if CASE.match(text, position):
            position = text.index("end", position) + 3
            continue
        if (found := END.match(text, position)) and (
            position == start or not text[position - 1].isalnum() or not found.group().isalpha()
        ):
            return position
        position += 1
    return position


def without_calls(body: str) -> Iterator[tuple[str, str]]:
    """Yield (what, body) with one call that may refuse, or records, taken out."""
    text = masked(body)
    for number, found in enumerate(CALL.finditer(text)):
        end = closing(text, found.end())
        yield f"no {found.group(1)} ({number})", body[: found.start()] + "perform null" + body[end:]


def without_conditions(body: str) -> Iterator[tuple[str, str]]:
    """Yield (what, body) with one condition taken out."""
    text = masked(body)
    for found in TOKEN.finditer(text):
        word, start = found.group(), found.end()
        if re.search(r"(\bend|\bbetween\b[^;]*)\s*$", text[: found.start()]):
            continue
        end = operand_end(text, start)
        operand = " ".join(body[start:end].split())
        if not operand or operand.startswith(("not exists (select from pg_catalog", "exists then")):
            continue
        if word in {"and", "or"}:
            yield f"without {word} {operand}", body[: found.start()] + body[end:]
        elif word == "where":
            yield f"where {operand}: true", body[:start] + " true " + body[end:]
        else:
            yield f"{word} {operand}: false", body[:start] + " false " + body[end:]


def with_other_comparisons(body: str) -> Iterator[tuple[str, str]]:
    """Yield (what, body) with a limit moved by the smallest step."""
    for found in COMPARISON.finditer(masked(body)):
        context = " ".join(body[max(0, found.start() - 40) : found.end() + 30].split())
        yield f"{OTHER[found.group()]} in {context}", body[: found.start()] + OTHER[found.group()] + body[found.end() :]
