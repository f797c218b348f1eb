"""supabase/config.toml as it stands here: the overlay that MAINSTAY_OVERLAY names laid over it, env(NAME) put in."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.trouble import Trouble

# As the Supabase CLI reads it: the whole text is env(NAME), and a variable without text counts as not set.
# https://supabase.com/docs/guides/local-development/managing-config
REFERENCE = re.compile(r"env\((.*)\)")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def read(folder: Path) -> dict[str, Any]:
    """Return what the folder's config.toml says, or nothing where there is none."""
    path = folder / "config.toml"
    config = _parsed(path) if path.exists() else {}
    if overlay := os.environ.get("MAINSTAY_OVERLAY"):
        config = merged(config, _parsed(_overlay(folder / "overlays", overlay)))
    return {name: resolved(value, os.environ) for name, value in config.items()}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another: tables are merged at every depth, any other value is replaced."""
    both = {
        name: merged(below[name], value) if isinstance(value, dict) and isinstance(below.get(name), dict) else value
        for name, value in above.items()
    }
    return {**below, **both}


def resolved(value: Any, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever TOML can say
    """Put variables in the place of env(NAME), at every depth. A reference to one that is not set stays as it is."""
    if isinstance(value, dict):
        return {name: resolved(each, environ) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, environ) for each in value]
    found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    text = environ.get(found[1]) if found else None
    # A switch from the environment is text, of which "false" would count as true.
    return {"true": True, "false": False}.get(text, text) if text else value


def is_reference(value: object) -> bool:
    """Tell whether a value is an env(NAME) that was left standing."""
    return isinstance(value, str) and REFERENCE.fullmatch(value) is not None


def _overlay(folder: Path, name: str) -> Path:
    path = folder / f"{name}.toml"
    if NAME.fullmatch(name) and path.is_file():
        return path
    known = ", ".join(sorted(each.stem for each in folder.glob("*.toml")))
    raise Trouble(f"MAINSTAY_OVERLAY names no overlay in supabase/overlays; there is: {known or 'none yet'}.")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Trouble(f"{path} cannot be read: {wrong}") from None
