"""Rows as a table for a terminal."""

import json
from collections.abc import Sequence

WIDEST = 100


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return the rows under their columns' names, and how many there are."""
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:], f"({len(rows)} row{'s' * (len(rows) != 1)})"])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)
    # Control characters of a row could write anything on a terminal.
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
