"""One's own profile the usual way: Supabase Auth says who is calling, and PostgREST reads as that person."""

import os
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from mangum import Mangum

from bench.usual.answers import Camel, enveloped
from supabase import AuthError, Client, create_client

COLUMNS = "id,display_name,avatar_url,created_at,updated_at"

supabase: Client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_PUBLISHABLE_KEY"])
app = FastAPI()


class Profile(Camel):
    """How a person is shown to others."""

    id: str
    display_name: str | None
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime


def current_user(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    """Return the id of the person whose access token this is."""
    try:
        answer = supabase.auth.get_user(bearer.credentials)
    except AuthError as error:
        raise HTTPException(status_code=401, detail="Sign in again.") from error
    if answer is None:
        raise HTTPException(status_code=401, detail="Sign in again.")
    supabase.postgrest.auth(bearer.credentials)
    return answer.user.id


@app.get("/functions/v1/auth/profile")
def read_profile(user_id: Annotated[str, Depends(current_user)]) -> dict[str, Any]:
    """Return the caller's own profile."""
    found = supabase.table("profiles").select(COLUMNS).eq("id", user_id).limit(1).execute()
    if not found.data:
        raise HTTPException(status_code=404, detail="There is no profile of yours.")
    return enveloped(Profile.model_validate(found.data[0]))


handler = Mangum(app, lifespan="off")
