"""The staff's page: the same for everybody, for the numbers that it shows come from dashboard_figures.py.

Imports neither pydantic nor httpx.
"""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from mangum import Mangum

from functions.core import files
from shared.app import TEXT_TYPES, build
from shared.config import Settings
from shared.endpoint import Answer, Call, Endpoint
from shared.errors import NotFound

FOLDER = Path(__file__).parent / "dashboard_page"
MEDIA = {".css": "text/css", ".mjs": "text/javascript"}
# Asked for each time: a page must not meet the modules of another release.
ASKED = {"Cache-Control": "no-cache"}
# Nothing runs, loads or is asked but what is ours and Supabase Auth, and no text can become markup.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' {supabase}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# No page that opens this one may hold on to it.
ALONE = {"Cross-Origin-Opener-Policy": "same-origin"}


def page(call: Call) -> Answer:
    """Return the staff's dashboard, a page. It holds no numbers: whoever opens it signs in there.

    It shows requests, errors, latency, sign-ups, revenue, jobs, the state of each part, and what clients report.
    """
    settings = call.settings
    policy = PAGE_POLICY.format(supabase=_origin(settings))
    return files.serve(call, _filled(settings), "text/html", ASKED | ALONE | {"Content-Security-Policy": policy})


def part(call: Call) -> Answer:
    """Return a part of the dashboard: its stylesheet, or a module of its program."""
    name = str(call.path["name"])
    known = {path.name: path for path in FOLDER.iterdir() if path.suffix in MEDIA}
    if name not in known:
        raise NotFound
    return files.serve(call, known[name].read_bytes(), MEDIA[known[name].suffix], ASKED)


def _filled(settings: Settings) -> bytes:
    page = Template((FOLDER / "index.html").read_text("utf-8"))
    # Both are public: whoever uses the product has them.
    return page.substitute(
        supabase_url=escape(settings.supabase_url), publishable_key=escape(settings.publishable_key)
    ).encode()


def _origin(settings: Settings) -> str:
    address = urlsplit(settings.supabase_url)
    return f"{address.scheme}://{address.netloc}"


endpoints = [
    Endpoint("GET", "/core/dashboard", page, gives=Answer),
    Endpoint("GET", "/core/dashboard/parts/{name}", part, gives=Answer),
]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
