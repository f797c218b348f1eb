"""Sending one mail by whoever the settings name. Neither what a mail says is here, nor when it is sent."""

from shared import resend, smtp
from shared.config import Misconfigured, Settings
from shared.message import Message

PROVIDERS = {"resend": resend.send, "smtp": smtp.send}
# Who sends a repeat under the same idempotency key only once; Resend remembers keys for a day.
REPEATABLE = {"resend"}


def send(settings: Settings, message: Message) -> str:
    """Send a mail and return the provider's id of it.

    Raises Unavailable where it was not taken, UpstreamTimeout and UpstreamFailed where nobody knows whether it was,
    shared.message.Refused where it never will be, and Misconfigured where no provider is set.
    """
    if settings.mail_provider not in PROVIDERS:
        raise Misconfigured("MAIL_PROVIDER is not set, and this function sends mail")
    return PROVIDERS[settings.mail_provider](settings, message)
