"""Every endpoint there is, with the file that it stands in."""

import importlib
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

from shared.endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
# Words of file names that are written otherwise.
SPELLED = {"api": "API", "openapi": "OpenAPI"}


@dataclass(frozen=True)
class Listed:
    """One endpoint, and the file's name and first sentence."""

    file: str
    about: str
    endpoint: Endpoint

    @property
    def tag(self) -> str:
        """Return the file's name as a heading: api_keys becomes API keys."""
        words = [SPELLED.get(word, word) for word in self.file.split("_")]
        return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])

    @property
    def operation_id(self) -> str:
        """Return what generated clients call it: revoke_others in sessions.py becomes sessionsRevokeOthers."""
        head, *rest = [*self.file.split("_"), *self.endpoint.body.__name__.split("_")]
        return head + "".join(word.capitalize() for word in rest)

    @property
    def summary(self) -> str:
        """Return the first sentence of the body's docstring."""
        return split_sentence(self._docstring())[0].removesuffix(".")

    @property
    def description(self) -> str:
        """Return the rest of the docstring."""
        return split_sentence(self._docstring())[1]

    def _docstring(self) -> str:
        text = inspect.getdoc(self.endpoint.body)
        if not text:
            raise SystemExit(f"{self.endpoint.route} ({self.file}.py): its body needs a docstring, which is published")
        return " ".join(text.split())


def listed(functions: Path = FUNCTIONS) -> list[Listed]:
    """Return the endpoints of every function file, file by file; importing them needs no environment."""
    found: list[Listed] = []
    for path in sorted(functions.glob("*/[!_]*.py")):
        module = importlib.import_module(f"functions.{path.parent.name}.{path.stem}")
        about = split_sentence(inspect.getdoc(module) or "")[0]
        found += [Listed(path.stem, about, endpoint) for endpoint in getattr(module, "endpoints", [])]
    return found


def split_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence and the rest."""
    first, *rest = re.split(r"(?<=[.!?])\s+(?=[A-Z])", text, maxsplit=1)
    return first, rest[0] if rest else ""
