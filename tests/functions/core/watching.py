"""What tests of metrics and deep health ask, and as whom."""

import re
from collections.abc import Mapping

from dev.stack import Stack
from shared.app import App
from tests.shared.asgi import Answer, ask

LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# A value may hold braces, as the template of a route does.
SAMPLE = re.compile(rf"(?P<name>[a-z_0-9]+)(?:\{{(?P<labels>(?:{LABEL.pattern},?)*)\}})? (?P<value>\S+)")
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def watch(app: App, stack: Stack, path: str, query: str = "", accept: str = "*/*", token: str | None = None) -> Answer:
    """Ask as a scraper does."""
    presented = stack.keyring.metrics_token if token is None else token
    headers = [("Authorization", f"Bearer {presented}"), ("Accept", accept)]
    return ask(app, "GET", path, headers, query=query.encode())


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read Prometheus's text, a second time and on our own."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match, line
            key = match["name"], frozenset(LABEL.findall(match["labels"] or ""))
            assert key not in found, line
            found[key] = float(match["value"])
    return found


def counted(told: Samples, **labels: str) -> float:
    """Return how many requests with these labels there were."""
    wanted = set(labels.items())
    return sum(
        value for (name, held), value in told.items() if name == "mainstay_http_requests_total" and wanted <= held
    )
