"""Which endpoint a path and method mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Any

from starlette.convertors import Convertor
from starlette.routing import compile_path

from shared.endpoint import Endpoint
from shared.errors import MethodNotAllowed, NotFound

# Gateways hand paths over with or without it.
BASE = "/functions/v1"
NOWHERE = f"There is nothing at this address. What there is, {BASE}/docs says."


@dataclass(frozen=True, slots=True)
class _Place:
    pattern: Pattern[str]
    convertors: Mapping[str, Convertor[Any]]
    endpoints: dict[str, Endpoint] = field(default_factory=dict)

    def methods(self) -> set[str]:
        return {*self.endpoints, "OPTIONS"} | ({"HEAD"} if "GET" in self.endpoints else set())


@dataclass(frozen=True, slots=True)
class Found:
    """The methods of a path, and the endpoint for the method that was asked; OPTIONS has none."""

    methods: set[str]
    endpoint: Endpoint | None
    path: Mapping[str, Any]


class Routes:
    """Every path of an app, aliases included."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        """Compile the paths; raises ValueError when two endpoints claim the same one."""
        self._places: dict[str, _Place] = {}
        for endpoint in endpoints:
            for path in (endpoint.path, *endpoint.aliases):
                self._add(path, endpoint)

    def find(self, method: str, path: str) -> Found:
        """Return what is at `path`; raises NotFound, or MethodNotAllowed with Allow. HEAD is answered as GET."""
        inner = path.removeprefix(BASE)
        for place in self._places.values():
            match = place.pattern.fullmatch(inner)
            if match is None:
                continue
            endpoint = place.endpoints.get("GET" if method == "HEAD" else method)
            if endpoint is None and method != "OPTIONS":
                raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(place.methods()))})
            values = {name: place.convertors[name].convert(text) for name, text in match.groupdict().items()}
            return Found(place.methods(), endpoint, values)
        raise NotFound(NOWHERE)

    def _add(self, path: str, endpoint: Endpoint) -> None:
        if path not in self._places:
            pattern, _, convertors = compile_path(path)
            self._places[path] = _Place(pattern, convertors)
        if endpoint.method in self._places[path].endpoints:
            raise ValueError(f"two endpoints for {endpoint.method} {path}")
        self._places[path].endpoints[endpoint.method] = endpoint
