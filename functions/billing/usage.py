"""Usage: what is paid for by the piece, counted here first. The provider is told by a job."""

from mangum import Mangum

from functions.billing import queries
from functions.billing.usage_schemas import NewUsage, Usage
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import KEY, PERSON


def record(call: Call, new: NewUsage) -> Usage:
    """Count a use. Its identifier counts once for the organization, however often it is sent."""
    told = queries.ask_in_mode(
        *(call, "record_usage"),
        org=queries.text(new.org_id),
        counted=new.meter,
        quantity=new.quantity,
        identifier=new.identifier,
        occurred_at=new.occurred_at.isoformat() if new.occurred_at else None,
    )
    return Usage.model_validate(told)


endpoints = [Endpoint("POST", "/billing/usage", record, PERSON | KEY, "billing:write", NewUsage, Usage)]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
