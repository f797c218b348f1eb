"""What our own tables say of a subscription, which is what every answer shows. Never asked of the provider."""

from uuid import UUID

from functions.billing import queries
from functions.billing.subscription_schemas import SubscriptionView
from shared.endpoint import Call


def view(call: Call, org: UUID | str | None) -> SubscriptionView:
    """Return the subscription of an organization, the caller's own where none is named."""
    asked = str(org) if org else None
    return SubscriptionView.model_validate(queries.ask_in_mode(call, "subscription", org=asked))
