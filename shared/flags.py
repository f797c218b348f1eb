"""Settings and feature flags, as the database decides them for a caller. 30 seconds old at most."""

from typing import Any
from uuid import UUID

from shared.cache import cache_of
from shared.cache_keys import key
from shared.endpoint import Call
from shared.errors import UpstreamFailed


def configuration(call: Call, org: UUID | None = None) -> dict[str, Any]:
    """Return {settings, flags, public: {settings, flags}}, flags as they stand for the caller.

    Without an organization they are decided for a key's own, and for a person's personal one. Raises NotFound for one
    that the caller is not in.
    """
    principal = call.principal
    kept = key("flags", principal.maker_id or principal.id, principal.kind, org or principal.org_id or "own")
    said = cache_of(call.settings).through(kept, lambda: _ask(call, org))
    return dict(said)


def is_on(call: Call, name: str, org: UUID | None = None) -> bool:
    """Tell whether a feature is on for the caller. One that nobody has made is off."""
    return configuration(call, org)["flags"].get(name) is True


def setting(call: Call, name: str) -> Any:  # noqa: ANN401 - whatever JSON the row holds
    """Return the value of a setting; None where there is none."""
    return configuration(call)["settings"].get(name)


def _ask(call: Call, org: UUID | None) -> dict[str, Any]:
    said = call.door.call("settings", {"org": str(org) if org else None}, role="gatekeeper")
    if not isinstance(said, dict) or not said.keys() >= {"settings", "flags", "public"}:
        raise UpstreamFailed(cause="backend.settings answered in another shape")
    return said
