"""Who is calling, the usual way: supabase-py checks the access token, and its client goes on as that person."""

import os
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from supabase import AuthError, Client, create_client

supabase: Client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_PUBLISHABLE_KEY"])


def current_user(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    """Return the id of the person whose access token this is.

    https://supabase.com/docs/reference/python/auth-getclaims prefers get_claims to get_user: it checks the signature
    here where the project signs with ES256, and asks Supabase Auth where it does not.
    """
    try:
        answer = supabase.auth.get_claims(bearer.credentials)
    except AuthError as error:
        raise HTTPException(status_code=401, detail="Sign in again.") from error
    if answer is None:
        raise HTTPException(status_code=401, detail="Sign in again.")
    supabase.postgrest.auth(bearer.credentials)
    return answer["claims"]["sub"]
