"""The envelope of every answer and the case of its names, so that both ways say the same."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Camel(BaseModel):
    """A model whose JSON is camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def enveloped(data: Camel) -> dict[str, Any]:
    """Return what a client gets to see."""
    return {"success": True, "data": data, "timestamp": datetime.now(UTC), "requestId": uuid4().hex}
