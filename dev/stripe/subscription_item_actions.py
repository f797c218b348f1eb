"""Items of a subscription on their own: each change of one is a change of its subscription."""

from dev.stripe import lists, subscription_updates
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.refusal import missing
from dev.stripe.shapes import Object

OF_THE_SUBSCRIPTION = {"payment_behavior", "proration_behavior", "proration_date"}


def _find(account: Account, item: str) -> tuple[Object, Object]:
    for subscription in account.store.all("subscription"):
        for found in subscription["items"]["data"]:
            if found["id"] == item:
                return subscription, found
    raise missing("subscription_item", item, "item")


def _change(account: Account, subscription: str, given: Parameters, params: Parameters) -> Object:
    further = {name: each for name, each in params.items() if name in OF_THE_SUBSCRIPTION}
    return subscription_updates.update(account, subscription, {"items": [given], **further})


def create(account: Account, params: Parameters) -> Object:
    """Add one."""
    given = {name: each for name, each in params.items() if name in {"metadata", "price", "quantity"}}
    changed = _change(account, params["subscription"], given, params)
    made: Object = changed["items"]["data"][-1]
    return made


def retrieve(account: Account, item: str, _: Parameters) -> Object:
    """Return one."""
    return _find(account, item)[1]


def update(account: Account, item: str, params: Parameters) -> Object:
    """Change its price or quantity."""
    given = {name: each for name, each in params.items() if name in {"metadata", "price", "quantity"}}
    _change(account, _find(account, item)[0]["id"], {"id": item, **given}, params)
    return _find(account, item)[1]


def delete(account: Account, item: str, params: Parameters) -> Object:
    """Take one away."""
    _change(account, _find(account, item)[0]["id"], {"id": item, "deleted": True}, params)
    return {"id": item, "object": "subscription_item", "deleted": True}


def listing(account: Account, params: Parameters) -> Object:
    """Return a subscription's."""
    items = account.store.get("subscription", params["subscription"], "subscription")["items"]["data"]
    return lists.cut(items[::-1], params, "/v1/subscription_items")
