"""Entitlements: features, which products unlock, and which a customer has by their subscriptions."""

from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

# A subscription that pauses keeps what it entitles to: one of the reasons not to rely on Stripe's entitlements alone.
ENTITLING = {"trialing", "active", "past_due", "paused"}


def create_feature(account: Account, params: Parameters) -> Object:
    """Make a feature; its lookup key is its own for good."""
    if any(each["lookup_key"] == params["lookup_key"] for each in account.store.all("entitlements.feature")):
        raise Refused("A feature with this lookup_key exists.", code="resource_already_exists", param="lookup_key")
    return account.store.add(
        {
            "id": account.identifiers.make("feat"),
            "object": "entitlements.feature",
            "active": True,
            "livemode": account.settings.livemode,
            "lookup_key": params["lookup_key"],
            "metadata": metadata(params),
            "name": params["name"],
        }
    )


def retrieve_feature(account: Account, feature: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("entitlements.feature", feature)


def update_feature(account: Account, feature: str, params: Parameters) -> Object:
    """Rename or retire one."""
    found = account.store.get("entitlements.feature", feature)
    put(found, params, ("active", "name"))
    return found


def attach(account: Account, product: str, params: Parameters) -> Object:
    """Let a product unlock a feature; subscriptions that run get it with their next period."""
    account.store.live("product", product)
    feature = account.store.get("entitlements.feature", params["entitlement_feature"], "entitlement_feature")
    held = account.store.secrets[product].setdefault("features", [])
    if feature["id"] in held:
        raise Refused("This feature is attached to this product already.", code="resource_already_exists")
    held.append(feature["id"])
    link = {
        "id": account.identifiers.make("prodft"),
        "object": "product_feature",
        "entitlement_feature": feature,
        "livemode": account.settings.livemode,
    }
    account.store.secrets[str(link["id"])]["product"] = product
    return account.store.add(link)


def detach(account: Account, product: str, link: str, _: Parameters) -> Object:
    """Let a product unlock a feature no more."""
    found = account.store.live("product_feature", link)
    account.store.secrets[product]["features"].remove(found["entitlement_feature"]["id"])
    return account.store.delete(found)


def of_product(account: Account, product: str) -> list[Object]:
    """Return what a product unlocks."""
    links = account.store.all("product_feature")
    return [each for each in links if account.store.secrets[each["id"]]["product"] == product]


def refresh(account: Account, customer: str) -> None:
    """Work out anew what a customer has, and tell of it if that changed."""
    held = account.store.secrets[customer].setdefault("entitlements", {})
    wanted = _wanted(account, customer)
    if wanted == sorted(held):
        return
    for feature in held.keys() - set(wanted):
        del held[feature]
    for feature in wanted:
        if feature not in held:
            held[feature] = _make(account, feature)
    summary = {
        "object": "entitlements.active_entitlement_summary",
        "customer": customer,
        "entitlements": account.list_of(list(held.values()), f"customer/{customer}/entitlements"),
        "livemode": account.settings.livemode,
    }
    account.events.emit("entitlements.active_entitlement_summary.updated", summary)


def _wanted(account: Account, customer: str) -> list[str]:
    running = [each for each in account.store.of("subscription", customer) if each["status"] in ENTITLING]
    products = [item["price"]["product"] for each in running for item in each["items"]["data"]]
    features = [each for product in products for each in account.store.secrets[product].get("features", [])]
    return sorted(set(features))


def _make(account: Account, feature: str) -> Object:
    return {
        "id": account.identifiers.make("ent"),
        "object": "entitlements.active_entitlement",
        "feature": feature,
        "livemode": account.settings.livemode,
        "lookup_key": account.store.get("entitlements.feature", feature)["lookup_key"],
    }


def of_customer(account: Account, customer: str) -> list[Object]:
    """Return what a customer has now."""
    account.store.get("customer", customer, "customer")
    return list(account.store.secrets[customer].get("entitlements", {}).values())


def retrieve_active(account: Account, entitlement: str, _: Parameters) -> Object:
    """Return one entitlement of some customer."""
    for customer in account.store.all("customer"):
        for found in of_customer(account, customer["id"]):
            if found["id"] == entitlement:
                return found
    return account.store.get("entitlements.active_entitlement", entitlement)
