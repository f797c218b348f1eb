"""The frame of the double's pages: plain HTML, light or dark as the reader has it, nothing loaded from elsewhere."""

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; --ink: #1a1f36; --soft: #4f566b; --line: #d5dbe1; --ground: #f6f8fa; --sheet: #fff;
  --accent: #4f46e5; --on-accent: #fff; --bad: #b3093c; --good: #0a6b3d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #a3acba; --line: #3a4150; --ground: #14171f;
  --sheet: #1d212c; --accent: #a5a0ff; --on-accent: #14171f; --bad: #ff8fa8; --good: #7ddba8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; margin: 1rem 0 .5rem; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem; margin: 1rem 0; }
table { width: 100%; border-collapse: collapse; } td, th { padding: .35rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
td:last-child, th:last-child { text-align: right; min-width: 7rem; } tr + tr td { border-top: 1px solid var(--line); }
code { overflow-wrap: anywhere; font-size: .85em; }
label { display: block; margin: .5rem 0; } label + small { display: block; margin: 0 0 .75rem; }
.soft { color: var(--soft); } small { color: var(--soft); }
input[type=text], input[type=email], input[type=number], select { width: 100%; font: inherit; padding: .55rem;
  color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .4rem; }
button { font: inherit; font-weight: 600; padding: .65rem 1rem; border: 1px solid var(--accent); border-radius: .4rem;
  background: var(--accent); color: var(--on-accent);
  cursor: pointer; margin: .25rem .25rem .25rem 0; min-height: 44px; }
button.quiet { background: transparent; color: var(--accent); } a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
.test { background: #ffde92; color: #4a3200; text-align: center; padding: .3rem; font-size: .85rem; }
"""


def respond(title: str, *parts: str, status: int = 200) -> HTMLResponse:
    """Return a page; the parts are HTML already."""
    whole = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<div class="test">A double of Stripe on this machine: no money moves</div>'
        f"<main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}
    return HTMLResponse(whole, status, headers)


def section(title: str, *parts: str) -> str:
    """Return a part of a page under its own heading."""
    heading = f"<h2>{escape(title)}</h2>" if title else ""
    return f"<section>{heading}{''.join(parts)}</section>"


def form(action: str, *parts: str, button: str, quiet: bool = False) -> str:
    """Return a form with one button, which says what it does."""
    look = ' class="quiet"' if quiet else ""
    named = f'<input type="hidden" name="action" value="{escape(action)}">'
    return f'<form method="post">{named}{"".join(parts)}<button{look}>{escape(button)}</button></form>'


def field(name: str, label: str, value: object = "", *, kind: str = "text", hint: str = "") -> str:
    """Return a labelled field."""
    note = f"<small>{escape(hint)}</small>" if hint else ""
    typed = f'<input type="{kind}" name="{escape(name)}" value="{escape(str(value))}" id="{escape(name)}">'
    return f"<label>{escape(label)}{typed}</label>{note}"


def choice(name: str, label: str, options: dict[str, str], *, chosen: str = "") -> str:
    """Return a labelled choice of one of several."""
    each = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in options.items()
    )
    return f'<label>{escape(label)}<select name="{escape(name)}">{each}</select></label>'


def table(rows: list[tuple[str, str]]) -> str:
    """Return rows of two columns; the cells are HTML already."""
    return f"<table>{''.join(f'<tr><td>{left}</td><td>{right}</td></tr>' for left, right in rows)}</table>"


def alert(words: str, *, good: bool = False) -> str:
    """Return a sentence that a screen reader says at once."""
    return f'<p role="alert" class="{"good" if good else "bad"}">{escape(words)}</p>' if words else ""


def link(url: str, words: str) -> str:
    """Return a link, or nothing without an address."""
    return f'<p><a href="{escape(url)}">{escape(words)}</a></p>' if url else ""


def day(moment: int | None) -> str:
    """Return a date as everybody reads it."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%-d %B %Y") if moment else "—"


def interval(recurring: Mapping[str, Any]) -> str:
    """Return how often something is paid: month, 3 months."""
    count = recurring["interval_count"]
    return recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
