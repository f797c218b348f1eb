"""The caller's own profile. People change theirs through PostgREST, where column grants say which parts."""

from mangum import Mangum

from functions.auth import queries
from functions.auth.schemas import Profile
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.errors import NotFound
from shared.principal import KEY, PERSON


def read(call: Call) -> Profile:
    """Return the profile of the person, or of the person who made the key."""
    row = queries.read_profile(call.db, call.principal.maker_id or call.principal.id)
    if row is None:
        raise NotFound("There is no profile of yours. Sign in once to have one made.")
    return Profile.model_validate(row)


endpoints = [Endpoint("GET", "/auth/profile", read, PERSON | KEY, "profile:read", gives=Profile)]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
