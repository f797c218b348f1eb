"""Health the usual way: whether the database answers."""

import os
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from bench.usual.answers import Camel, enveloped
from supabase import Client, create_client

supabase: Client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_PUBLISHABLE_KEY"])
app = FastAPI()


class Report(Camel):
    """What the health check tells."""

    status: str
    version: str
    release: str
    commit: str
    timestamp: datetime


@app.get("/functions/v1/core/health")
def check() -> dict[str, Any]:
    """Ask the database for its time."""
    supabase.schema("backend").rpc("health", {}).execute()
    return enveloped(
        Report(
            status="healthy",
            version=os.environ["VERSION"],
            release=os.environ["RELEASE"],
            commit=os.environ["COMMIT"],
            timestamp=datetime.now(UTC),
        )
    )


handler = Mangum(app, lifespan="off")
