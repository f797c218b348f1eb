"""HTML, written so that text is escaped unless it is markup already."""

import html
import json
import re

# A name with its colon, a text, a number or a word, in this order; the rest of JSON is punctuation.
TOKEN = re.compile(
    r'(?P<name>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)'
)
VOID = {"link", "meta"}


class Html(str):
    """Text that is markup; any other text is escaped where it is put into some."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Html:
    """Return an element; an attribute's name may begin with an underscore where Python keeps it for itself."""
    said = "".join(f' {key.strip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{said}>")
    return Html(f"<{name}{said}>{joined(*children)}</{name}>")


def joined(*children: str, by: str = "") -> Html:
    """Return parts as one, those that are no markup escaped."""
    return Html(by.join(child if isinstance(child, Html) else html.escape(child, quote=False) for child in children))


def prose(text: str) -> Html:
    """Return a sentence, with what stands in backticks as code."""
    parts = text.split("`")
    return joined(*(element("code", part) if number % 2 else part for number, part in enumerate(parts)))


def members(*rows: tuple[str, str, str, bool]) -> Html:
    """Return a list of members, each with its name, its kind, what it means, and whether it must be there.

    It needs no width of its own: on a narrow screen what a member means stands below its name.
    """
    return element("dl", *(_member(*row) for row in rows), _class="members")


def _member(name: str, kind: str, means: str, needed: bool) -> Html:  # noqa: FBT001 - a row
    marked = element("span", "required", _class="required") if needed else ""
    term = element("dt", joined(element("code", name), marked, element("span", kind, _class="kind"), by=" "))
    return element("div", term, element("dd", means))


def code(text: str, label: str) -> Html:
    """Return a block of code under its label. Its long lines wrap, which what is copied does not show."""
    block = element("pre", element("code", text))
    return element("figure", element("figcaption", label), block, _class="code")


def json_code(value: object, label: str) -> Html:
    """Return JSON as a block of code in colours."""
    return code(_coloured(json.dumps(value, indent=2, ensure_ascii=False)), label)


def _coloured(text: str) -> Html:
    parts: list[str] = []
    at = 0
    for found in TOKEN.finditer(text):
        parts += [text[at : found.start()], element("span", found[0], _class=str(found.lastgroup))]
        at = found.end()
    return joined(*parts, text[at:])
