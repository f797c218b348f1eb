"""Where the links of a mail lead: into the web client, and to unsubscribing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared import tokens
from shared.config import Misconfigured, Settings
from shared.work import Hopeless

BILLING = ("card_expiring", "payment_action", "payment_failed", "receipt", "subscription_canceled", "trial_ending")
# Pages of the web client. A token stands behind #, which browsers send to no server.
PAGES = {
    "invitation": "/invitations/accept#token={token}",
    "key_made": "/api-keys",
    "key_expiring": "/api-keys",
    "key_leaked": "/api-keys",
    "keys_made": "/api-keys",
    "new_device": "/sessions",
    **dict.fromkeys(BILLING, "/billing"),
}
DASHBOARD = "/core/dashboard"
ON_THE_DASHBOARD = {"error_report", "errors_more"}
UNSUBSCRIBE = "/core/mail/unsubscribe/"


def link_of(settings: Settings, found: Mapping[str, Any]) -> str | None:
    """Return where the reader goes on, if anywhere; raises Hopeless for a token that nobody can derive any more."""
    template = found["template"]
    if template in ON_THE_DASHBOARD:
        return _functions(settings) + DASHBOARD
    if template not in PAGES:
        return None
    token = _invitation_token(settings, found["token"]) if "token" in found else ""
    return settings.app_url + PAGES[template].format(token=token)


def unsubscribe_link(settings: Settings, delivery: UUID) -> str:
    """Return the link that stops mail of one kind to one address; only who has the pepper can make it."""
    token = tokens.derive("unsubscribe", delivery, settings.peppers[0])
    return f"{_functions(settings)}{UNSUBSCRIBE}{delivery}.{token}"


def _invitation_token(settings: Settings, of: Mapping[str, Any]) -> str:
    pepper = next((each for each in settings.peppers if each.version == of["pepper_version"]), None)
    if pepper is None:
        raise Hopeless(f"pepper {of['pepper_version']} was retired: revoke the invitation and invite again")
    return tokens.derive("invitation", UUID(of["id"]), pepper)


def _functions(settings: Settings) -> str:
    if not settings.functions_url:
        raise Misconfigured("FUNCTIONS_URL is not set, and this mail needs a link to a function")
    return settings.functions_url
