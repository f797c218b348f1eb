"""Customers: who pays."""

from dev.stripe import endings, payment_methods, standing
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.shapes import Object

CHANGEABLE = (
    "address",
    "balance",
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
)
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(account: Account, params: Parameters) -> Object:
    """Make a customer."""
    customer = account.new(
        "customer",
        "cus",
        balance=0,
        delinquent=False,
        invoice_prefix=account.identifiers.make("x", 8)[2:].upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata=metadata(params),
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    _set(account, customer, params)
    account.events.emit("customer.created", customer)
    if "payment_method" in params:
        payment_methods.attach(account, params["payment_method"], {"customer": customer["id"]})
    return customer


def _set(account: Account, customer: Object, params: Parameters) -> None:
    put(customer, params, CHANGEABLE)
    if isinstance(customer["address"], dict):
        customer["address"] = dict.fromkeys(ADDRESS) | customer["address"]
    settings = params.get("invoice_settings", {})
    if chosen := settings.get("default_payment_method"):
        account.store.get("payment_method", chosen, "invoice_settings[default_payment_method]")
    put(customer["invoice_settings"], settings, ("custom_fields", "default_payment_method", "footer"))


def retrieve(account: Account, customer: str, _: Parameters) -> Object:
    """Return one, or the stub of one that was deleted."""
    return account.store.get("customer", customer)


def update(account: Account, customer: str, params: Parameters) -> Object:
    """Change one."""
    found = account.store.live("customer", customer)
    before = copy(found)
    _set(account, found, params)
    account.events.changed("customer.updated", found, before)
    return found


def delete(account: Account, customer: str, _: Parameters) -> Object:
    """Delete one; its subscriptions end at once."""
    found = account.store.live("customer", customer)
    for subscription in list(account.store.of("subscription", customer)):
        if subscription["status"] not in standing.ENDED:
            endings.cancel(account, subscription)
    account.events.emit("customer.deleted", found)
    return account.store.delete(found)
