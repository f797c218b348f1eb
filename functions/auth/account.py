"""Everything about a person as one document, and their erasure. Both are SQL, so that nothing is forgotten halfway."""

from typing import Any

from mangum import Mangum

from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import PERSON


def export(call: Call) -> dict[str, Any]:
    """Return all that is stored about the caller; its names are those of the tables."""
    document: Any = call.db.rpc("export_me", {}).execute().data
    return dict(document)


def erase(call: Call) -> dict[str, Any]:
    """Delete the caller for good. Needs a sign-in of the last 10 minutes; a last owner must hand over first."""
    call.db.rpc("erase_me", {}).execute()
    return {"erased": True}


endpoints = [
    Endpoint("GET", "/auth/account/export", export, PERSON),
    Endpoint("DELETE", "/auth/account", erase, PERSON),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
