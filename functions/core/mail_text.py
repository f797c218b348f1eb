"""What a mail says: the files in mails/, with values put in. In HTML every value is escaped, in both it is one line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from shared.message import LONGEST_NAME, one_line, plain_name

FOLDER = Path(__file__).parent / "mails"
PLACE = re.compile(r"\{\{([a-z_]+)\}\}")
# Chosen by people whom the reader need not know, and how much of it is shown. What a program says it is needs more.
CHOSEN = dict.fromkeys(("category", "inviter", "key", "maker", "organization"), LONGEST_NAME) | {"device": 120}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's three parts."""

    subject: str
    text: str
    html: str


def write(template: str, values: Mapping[str, str], *, essential: bool) -> Letter:
    """Put values into a template and its layout; raises KeyError for a place that nothing is said for.

    The first line of the text is the subject. What is not essential says how to get no more of it: `unsubscribe`.
    """
    plain = {name: _one_line(name, value) for name, value in values.items()}
    safe = {name: escape(value) for name, value in plain.items()}
    footer = "footer_essential" if essential else "footer_optional"
    subject, _, text = _filled(f"{template}.txt", plain).partition("\n")
    around = {"content": text.strip(), "footer": _filled(f"{footer}.txt", plain)}
    html = {
        "subject": escape(subject),
        "content": _filled(f"{template}.html", safe),
        "footer": _filled(f"{footer}.html", safe),
    }
    return Letter(subject, _filled("layout.txt", around) + "\n", _filled("layout.html", html) + "\n")


def places(template: str) -> set[str]:
    """Return what a template wants to be told."""
    return {name for kind in ("txt", "html") for name in PLACE.findall(_read(f"{template}.{kind}"))}


def _one_line(name: str, value: str) -> str:
    return plain_name(value, CHOSEN[name]) if name in CHOSEN else one_line(value)


def _filled(name: str, values: Mapping[str, str]) -> str:
    # In one pass: what a value says is never looked into for places.
    put_in: Callable[[re.Match[str]], str] = lambda found: values[found[1]]  # noqa: E731 - its type says what it is
    return PLACE.sub(put_in, _read(name)).strip()


def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")
