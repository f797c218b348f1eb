"""Webhook endpoints: who is told of what, at which version, signed with which secrets."""

from dev.stripe.account import PIN, Account
from dev.stripe.clock import DAY
from dev.stripe.contract import Parameters
from dev.stripe.members import metadata, put
from dev.stripe.refusal import invalid
from dev.stripe.shapes import Object

# For so long Stripe still signs with a secret that was replaced, at most.
OVERLAP = DAY


def create(account: Account, params: Parameters) -> Object:
    """Make one. Only this answer shows its secret; its version never changes."""
    if not params["url"].startswith(("http://", "https://")):
        raise invalid("Invalid URL: must start with http:// or https://", "url", "url_invalid")
    made = account.new(
        "webhook_endpoint",
        "we",
        api_version=params.get("api_version", PIN),
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        metadata=metadata(params),
        status="enabled",
        url=params["url"],
    )
    secret = account.identifiers.make("whsec", 32)
    account.store.secrets[made["id"]] |= {"secrets": [(secret, None)], "thin": False}
    return made | {"secret": secret}


def retrieve(account: Account, endpoint: str, _: Parameters) -> Object:
    """Return one, without its secret."""
    return account.store.live("webhook_endpoint", endpoint)


def update(account: Account, endpoint: str, params: Parameters) -> Object:
    """Change where it is, what it wants, or whether it is told at all."""
    found = account.store.live("webhook_endpoint", endpoint)
    put(found, params, ("description", "enabled_events", "url"))
    if "disabled" in params:
        found["status"] = "disabled" if params["disabled"] else "enabled"
    return found


def delete(account: Account, endpoint: str, _: Parameters) -> Object:
    """Delete one."""
    return account.store.delete(account.store.live("webhook_endpoint", endpoint))


def roll_secret(account: Account, endpoint: str, *, overlap: int = OVERLAP) -> str:
    """Give it a new secret, and sign with the old one too for a while, as the dashboard does."""
    account.store.live("webhook_endpoint", endpoint)
    kept = account.store.secrets[endpoint]
    fresh = account.identifiers.make("whsec", 32)
    old = [(secret, account.now + overlap if until is None else until) for secret, until in kept["secrets"]]
    kept["secrets"] = [(fresh, None), *old]
    return fresh


def secrets_of(account: Account, endpoint: str) -> list[str]:
    """Return the secrets that deliveries are signed with now, the newest first."""
    kept = account.store.secrets[endpoint]["secrets"]
    return [secret for secret, until in kept if until is None or until > account.now]
