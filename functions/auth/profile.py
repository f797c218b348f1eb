"""The caller's own profile: what people say of themselves. Column grants say which parts of it they write."""

from mangum import Mangum

from functions.auth import queries
from functions.auth.schemas import Profile, ProfileChange
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


def change(call: Call, change: ProfileChange) -> Profile:
    """Change what is sent, leave what is not; null empties a picture's address."""
    sent = change.model_dump(exclude_unset=True)
    if not sent:
        return read(call)
    row = queries.change_profile(call.db, call.principal.id, sent)
    if row is None:
        raise NotFound("There is no profile of yours. Sign in once to have one made.")
    return Profile.model_validate(row)


endpoints = [
    Endpoint("GET", "/auth/profile", read, PERSON | KEY, "profile:read", gives=Profile),
    Endpoint("PATCH", "/auth/profile", change, PERSON, "profile:write", ProfileChange, Profile),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
