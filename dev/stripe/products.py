"""Products and what they unlock."""

from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.events import copy
from dev.stripe.members import metadata, put
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

CHANGEABLE = ("active", "description", "images", "marketing_features", "name", "tax_code", "unit_label", "url")


def create(account: Account, params: Parameters) -> Object:
    """Make a product; the caller may choose its id."""
    if "id" in params and account.store.find(params["id"]):
        raise Refused("Product already exists.", code="resource_already_exists", param="id")
    chosen = {"id": params["id"]} if "id" in params else {}
    product = account.new(
        "product",
        "prod",
        active=True,
        default_price=None,
        images=[],
        marketing_features=[],
        metadata=metadata(params),
        name=params["name"],
        type="service",
        updated=account.now,
        **chosen,
    )
    put(product, params, [name for name in CHANGEABLE if name in params])
    account.events.emit("product.created", product)
    return product


def retrieve(account: Account, product: str, _: Parameters) -> Object:
    """Return one."""
    return account.store.get("product", product)


def update(account: Account, product: str, params: Parameters) -> Object:
    """Change one."""
    found = account.store.live("product", product)
    if params.get("default_price"):
        account.store.get("price", params["default_price"], "default_price")
    before = copy(found)
    put(found, params, (*CHANGEABLE, "default_price"))
    found["updated"] = account.now
    account.events.changed("product.updated", found, before)
    return found


def delete(account: Account, product: str, _: Parameters) -> Object:
    """Delete one that no price uses."""
    found = account.store.live("product", product)
    if any(price["product"] == product for price in account.store.all("price")):
        raise Refused("This product cannot be deleted because it has one or more user-created prices.", param="product")
    account.events.emit("product.deleted", found)
    return account.store.delete(found)
