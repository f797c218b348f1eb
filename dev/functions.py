"""One deployable unit's functions as a single ASGI app, for uvicorn; in production each file is a Lambda of its own."""

import importlib
import os
from collections.abc import Iterable
from types import ModuleType

from dev.packages import CHECKOUT
from shared.admission import admit
from shared.app import Admit, App, build
from shared.endpoint import Endpoint
from shared.farewell import on_end


def app() -> App:
    """Build the app of the unit that the environment names."""
    unit = os.environ["MAINSTAY_UNIT"]
    endpoints = [endpoint for module in modules(unit) for endpoint in module.endpoints]
    built = build(endpoints, admit=admission(endpoints))
    on_end(built.leave)
    return built


def admission(endpoints: Iterable[Endpoint]) -> Admit | None:
    """Return who admits callers, or nobody where no endpoint wants one: such a unit's key may not even ask."""
    return admit if any(endpoint.admits for endpoint in endpoints) else None


def modules(unit: str) -> list[ModuleType]:
    """Import the files of a unit that declare endpoints."""
    names = sorted(path.stem for path in (CHECKOUT / "functions" / unit).glob("[!_]*.py"))
    imported = [importlib.import_module(f"functions.{unit}.{name}") for name in names]
    return [module for module in imported if hasattr(module, "endpoints")]
