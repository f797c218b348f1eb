"""The jobs function: drains what is due, within the time it has. Started each minute by a schedule, and by a hint."""

import time
from typing import Any

from mangum import Mangum

from functions.core.works import WORKS
from shared import config, logs
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.gate import Door
from shared.hints import verify
from shared.visit import Visit
from shared.worker import HINTED_SECONDS, drain, told


def run(call: Call) -> dict[str, Any]:
    """Drain what is due, for one of our functions that has just sent a job. A repeat finds nothing to do."""
    verify(call.settings, call.door.visit.header(b"x-jobs-token"))
    return told(drain(call.door, WORKS, time.monotonic() + HINTED_SECONDS))


endpoints = [Endpoint("POST", "/core/jobs/run", run)]
app = build(endpoints)
_answer = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own
    """Answer HTTP, or drain for a schedule: EventBridge says "source": "aws.events", its scheduler "aws.scheduler"."""
    if event.get("source") not in {"aws.events", "aws.scheduler"}:
        return dict(_answer(event, context))
    settings = config.settings()
    logs.configure(settings)
    visit = Visit(method="POST", path="/core/jobs/run", request_id=context.aws_request_id)
    return told(drain(Door(settings, visit), WORKS, time.monotonic() + context.get_remaining_time_in_millis() / 1000))
