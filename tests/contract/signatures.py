"""Bodies that are taken byte for byte: whose signature is under them, or that nobody reads them."""

import base64
import time

from dev import github
from dev.stack import Stack
from functions.billing import signatures
from functions.core import svix
from shared import hints
from tests.contract.sent import Sent

LEAKS, EVENTS, UNSUBSCRIBE = "/leaks/", "/core/mail/events", "/core/mail/unsubscribe/"
JOBS, STRIPE = "/jobs/run", "/billing/webhooks/stripe"
WEBHOOK = "whsec_" + base64.b64encode(b"w" * 24).decode()


def sign(sent: Sent, stack: Stack) -> dict[str, str] | None:
    """Return the headers that a body's signer sends; None where nobody signs."""
    if LEAKS in sent.path:
        return github.sign(stack.keyring.github_key, sent.body)
    if EVENTS in sent.path:
        moment = str(int(time.time()))
        signature = f"v1,{svix.sign(sent.body, 'msg_1', moment, WEBHOOK)}"
        return {"Svix-Id": "msg_1", "Svix-Timestamp": moment, "Svix-Signature": signature}
    if STRIPE in sent.path:
        moment = str(int(time.time()))
        signature = signatures.sign(sent.body, moment, stack.keyring.stripe_secret)
        return {"Stripe-Signature": f"t={moment},v1={signature}"}
    if JOBS in sent.path:
        return {"X-Jobs-Token": hints.token(stack.keyring.jobs_secret, time.time())}
    return None


def is_read(sent: Sent) -> bool:
    """Tell whether a body is held to its schema, and to the form that all others have."""
    return not any(path in sent.path for path in (LEAKS, EVENTS, UNSUBSCRIBE, JOBS, STRIPE))
