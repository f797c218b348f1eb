"""One's own profile the usual way: PostgREST reads as the person whose access token was checked."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from mangum import Mangum

from bench.usual.answers import Camel, enveloped
from bench.usual.caller import current_user, supabase

COLUMNS = "id,display_name,avatar_url,created_at,updated_at"

app = FastAPI()


class Profile(Camel):
    """How a person is shown to others."""

    id: str
    display_name: str | None
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime


@app.get("/functions/v1/auth/profile")
def read_profile(user_id: Annotated[str, Depends(current_user)]) -> dict[str, Any]:
    """Return the caller's own profile."""
    found = supabase.table("profiles").select(COLUMNS).eq("id", user_id).limit(1).execute()
    if not found.data:
        raise HTTPException(status_code=404, detail="There is no profile of yours.")
    return enveloped(Profile.model_validate(found.data[0]))


handler = Mangum(app, lifespan="off")
