"""Who is calling, what they may do, how much of it is left, and why something would be refused, before it is tried."""

from typing import Annotated, Any
from uuid import UUID

from mangum import Mangum
from pydantic import StringConstraints

from functions.auth.whoami_schemas import Identity
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON
from shared.shapes import Input


class Question(Input):
    """A scope to be explained and, for a person, the organization that it is about: else their personal one."""

    explain: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    org_id: UUID | None = None


def whoami(call: Call, question: Question) -> Identity:
    """Return who is calling. Spends nothing of the limits that it tells of, and none of a key's budget."""
    asked = {"explain": question.explain, "org": str(question.org_id) if question.org_id else None}
    said: Any = call.door.call("whoami", asked, role="gatekeeper")
    return Identity.model_validate(said)


endpoints = [
    Endpoint(
        "GET", "/auth/whoami", whoami, PERSON | KEY, takes=Question, gives=Identity, limit="whoami", counted=False
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
