"""A project that answers every call at once with the same rows: `python -m bench.upstream` prints its port.

It is a process of its own, so that it never waits for whoever measures.
"""

from typing import Any
from urllib.parse import urlsplit

from bench.local_http import LocalServer, Talk

PERSON = "00000000-0000-4000-8000-00000000000a"
MOMENT = "2026-01-01T00:00:00+00:00"
PROFILE = {"id": PERSON, "display_name": "Ada", "avatar_url": None, "created_at": MOMENT, "updated_at": MOMENT}
LIMITS = [{"name": "burst", "quantity": 100, "window": 60, "left": 99, "reset": 1, "wait": 0}]
ADMITTED = {
    "admitted": True,
    "principal": {"kind": "person", "id": PERSON, "aal": "aal1"},
    "plan": "free",
    "limits": LIMITS,
}
IDENTITY = {"kind": "person", "id": PERSON, "plan": "free", "organizations": [], "limits": LIMITS, "aal": "aal1"}
USER = {
    "id": PERSON,
    "aud": "authenticated",
    "role": "authenticated",
    "email": "ada@example.com",
    "app_metadata": {"provider": "email", "providers": ["email"]},
    "user_metadata": {"display_name": "Ada"},
    "identities": [],
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "is_anonymous": False,
}
# Lists are empty: what a page of rows costs is not a matter of the start.
ANSWERS: dict[str, Any] = {
    "/rest/v1/rpc/health": {"now": MOMENT},
    "/rest/v1/rpc/admit": ADMITTED,
    "/rest/v1/rpc/whoami": IDENTITY,
    "/rest/v1/profiles": [PROFILE],
    "/rest/v1/api_keys": [],
    "/rest/v1/invitations": [],
    "/rest/v1/rpc/list_sessions": [],
    "/rest/v1/rpc/export_me": {"profile": PROFILE},
    "/auth/v1/user": USER,
}


class Project(Talk):
    """Answers what is known with 200 and everything else with 404."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """Answer by the path alone."""
        self.content()
        found = ANSWERS.get(urlsplit(self.path).path)
        self.tell(404 if found is None else 200, {"message": "unknown here"} if found is None else found)

    def do_POST(self) -> None:  # noqa: N802 - as do_GET
        """Answer as to GET."""
        self.do_GET()


def main() -> None:
    """Print the port and serve until terminated."""
    with LocalServer(Project) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
