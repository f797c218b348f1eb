"""How one example follows another: what an answer holds beside its fields' own examples, at the moment it is given."""

from typing import Any

from ops.reference import fields

ENDED = "2026-11-21T10:12:00.123456Z"
UNUSED = {"lastUsedAt": None, "lastUsedIp": None, "lastUsedAgent": None}
NEXT = {
    "id": "0b7f4a1e-8a52-4c57-9f6e-2d1c3b5a7e90",
    "lookup": "8kQmVt2RzW4c",
    "generation": 2,
    "createdAt": "2026-11-21T10:12:00.123456Z",
    "expiresAt": "2027-11-21T07:41:00Z",
}
LIMITS = (("burst", 100, 60, 97, 2), ("free", 100, 3600, 96, 144), ("key", 60, 60, 57, 3))
# What a key with the scope profile:read is told that asks about another one.
TOLD = {
    # Only people have these; a name is for keys that may read settings.
    "aal": None,
    "organizations": [{"id": fields.ACME, "name": None, "role": None, "scopes": None}],
    "limits": [
        {"name": name, "quantity": quantity, "window": window, "left": left, "reset": reset, "wait": 0}
        for name, quantity, window, left, reset in LIMITS
    ],
    "explanation": {
        "allowed": False,
        "reasons": [
            {
                "code": "scope_missing",
                "message": "The key was made without this scope. Change its scopes, or make another key.",
            }
        ],
    },
}
MOMENTS: dict[str, dict[str, Any]] = {
    "POST /auth/api-keys": UNUSED,
    "POST /auth/api-keys/{id}/rotate": UNUSED | NEXT,
    "DELETE /auth/api-keys/{id}": {"revokedAt": ENDED},
    "GET /auth/whoami": TOLD,
    "GET /auth/profile": {"id": fields.ANN},
    "PATCH /auth/profile": {"id": fields.ANN, "updatedAt": ENDED},
    "POST /auth/invitations/{id}/resend": {"sends": 2, "expiresAt": "2026-11-28T10:12:00.123456Z"},
    "DELETE /auth/invitations/{id}": {"revokedAt": ENDED},
    "POST /auth/invitations/accept": {"userId": fields.GRACE},
    "POST /core/errors/{id}/resolve": {"resolvedAt": ENDED, "resolvedBy": fields.ANN},
}


def at(route: str, example: Any) -> Any:  # noqa: ANN401 - JSON
    """Return an answer as it is when this route gives it; raises ValueError for a member that it has not."""
    changed = MOMENTS.get(route, {})
    if unknown := sorted(changed.keys() - (example.keys() if isinstance(example, dict) else set())):
        raise ValueError(f"{route} answers no {unknown[0]}: see ops/reference/moments.py")
    return example | changed if changed else example
