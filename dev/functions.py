"""One deployable unit's functions as a single ASGI app, for uvicorn; in production each file is a Lambda of its own."""

import importlib
import os
from types import ModuleType

from dev.packages import CHECKOUT
from shared.admission import admit
from shared.app import App, build


def app() -> App:
    """Build the app of the unit that the environment names."""
    unit = os.environ["MAINSTAY_UNIT"]
    return build([endpoint for module in modules(unit) for endpoint in module.endpoints], admit=admit)


def modules(unit: str) -> list[ModuleType]:
    """Import the files of a unit that declare endpoints."""
    names = sorted(path.stem for path in (CHECKOUT / "functions" / unit).glob("[!_]*.py"))
    imported = [importlib.import_module(f"functions.{unit}.{name}") for name in names]
    return [module for module in imported if hasattr(module, "endpoints")]
