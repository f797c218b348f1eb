"""The mailbox as pages. A mail's HTML stands in a frame of its own that may run and load nothing."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from dev.mailbox.letters import Letter

STYLE = """
:root{color-scheme:light dark;--line:#e2e5ea;--soft:#5a6475;--accent:#2f5bd7}
@media (prefers-color-scheme:dark){:root{--line:#2b3240;--soft:#9aa5b8;--accent:#8fb0ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:56rem;padding:1.5rem 1rem 4rem;font:1rem/1.5 system-ui,sans-serif}
header{display:flex;justify-content:space-between;align-items:center;gap:1rem}
h1{font-size:1.25rem}
h2{font-size:1rem;margin:1.5rem 0 .5rem}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
button{font:inherit;padding:.3rem .8rem;cursor:pointer}
ul{list-style:none;margin:0;padding:0}
.letters li{border-top:1px solid var(--line);padding:.6rem 0}
.letters a{font-weight:600}
.soft{color:var(--soft);font-size:.875rem}
h1,li,dd,p{overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:6px;padding:1rem}
iframe{width:100%;height:36rem;border:1px solid var(--line);border-radius:6px;background:#fff}
summary{cursor:pointer;padding:.5rem 0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;font-size:.875rem;margin:0}
dt{color:var(--soft)}dd{margin:0}
@media (max-width:480px){dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:.4rem}}
"""
DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{DIGEST}'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# What a mail program shows without being asked: its own style, and pictures that came with it.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LETTER_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def listing(letters: Iterable[Letter]) -> str:
    """Return the page of all mails."""
    rows = "".join(
        f'<li><a href="/messages/{each.id}">{escape(each.subject) or "(no subject)"}</a>'
        f'<div class="soft">to {escape(", ".join(each.to))} · {_when(each)}</div></li>'
        for each in letters
    )
    clear = '<form method="post" action="/clear"><button>Clear</button></form>' if rows else ""
    content = f'<ul class="letters">{rows}</ul>' if rows else '<p class="soft">No mail yet. This page looks again.</p>'
    # Once every few seconds, so that a mail shows up by itself.
    return _page("Mailbox", f"<header><h1>Mailbox</h1>{clear}</header>{content}", refresh=True)


def reading(letter: Letter) -> str:
    """Return the page of one mail."""
    links = "".join(f"<li>{_link(each)}</li>" for each in letter.links)
    headers = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in letter.headers)
    frame = f'<iframe sandbox="{SANDBOX}" src="/messages/{letter.id}/html" title="HTML"></iframe>'
    way = f"from {escape(letter.sender)} to {escape(', '.join(letter.to))} · {_when(letter)}"
    parts = [
        f'<p><a href="/">Mailbox</a></p><h1>{escape(letter.subject) or "(no subject)"}</h1><p class="soft">{way}</p>',
        f"<h2>Links</h2><ul>{links}</ul>" if links else "",
        f"<h2>HTML</h2>{frame}" if letter.html else "",
        f"<h2>Text</h2><pre>{escape(letter.text)}</pre>",
        f"<details><summary>Headers</summary><dl>{headers}</dl></details>",
        f'<p><a href="/messages/{letter.id}/raw">As it came</a></p>',
    ]
    return _page(letter.subject or "(no subject)", "".join(parts))


def _when(letter: Letter) -> str:
    """Return when it came, to the second."""
    moment = letter.arrived_at
    return f'<time datetime="{moment}">{moment[:10]} {moment[11:19]} UTC</time>'


def _link(address: str) -> str:
    """Return a link to what the text of a mail names; its pattern lets http and https through and nothing else."""
    shown = escape(address)
    return f'<a href="{shown}" rel="noreferrer">{shown}</a>' if urlsplit(address).scheme in {"http", "https"} else shown


def _page(title: str, content: str, *, refresh: bool = False) -> str:
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{again}'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{content}</body></html>"
    )
