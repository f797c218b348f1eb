"""From a method and a path to the endpoint."""

from urllib.parse import unquote

from dev.stripe.route import Route
from dev.stripe.routes import ROUTES

_TREE: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
for _route in ROUTES:
    _steps = _route.path.split("/")
    _TREE.setdefault((_route.method, len(_steps)), []).append((_steps, _route))


def find(method: str, path: str) -> tuple[Route, list[str]] | None:
    """Return the endpoint for a path below /v1/ and the ids in it."""
    steps = [unquote(step) for step in path.split("/")]
    for wanted, route in _TREE.get((method, len(steps)), []):
        if all(want in {"*", step} for want, step in zip(wanted, steps, strict=True)) and all(steps):
            return route, [step for want, step in zip(wanted, steps, strict=True) if want == "*"]
    return None
