"""Settings and feature flags that clients may know. SQL decides who has which feature; operators change it."""

from typing import Any
from uuid import UUID

from mangum import Mangum

from shared import flags
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON
from shared.shapes import Input, Output


class Which(Input):
    """For which organization; without one, a key's own or a person's personal one."""

    org_id: UUID | None = None


class Configuration(Output):
    """What is set for everybody, and which features are on for the caller."""

    settings: dict[str, Any]
    flags: dict[str, bool]


def read(call: Call, which: Which) -> Configuration:
    """Return the public settings, and which features are on for the caller. Up to 30 seconds old."""
    return Configuration.model_validate(flags.configuration(call, which.org_id)["public"])


endpoints = [Endpoint("GET", "/core/settings", read, PERSON | KEY, takes=Which, gives=Configuration)]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
