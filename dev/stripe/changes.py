"""What a change of a subscription's items costs. The preview and the change itself are worked out by the same lines."""

from dataclasses import dataclass, field
from typing import Any

from dev.stripe import invoice_lines
from dev.stripe import subscription_items as items_of
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.members import metadata
from dev.stripe.prices import plan_of
from dev.stripe.refusal import invalid
from dev.stripe.shapes import Object


@dataclass
class Change:
    """Items as they will be, what is credited and charged for the rest of the period, and what begins anew."""

    items: list[Object]
    prorations: list[Object] = field(default_factory=list)
    restarted: list[Object] = field(default_factory=list)


def work_out(account: Account, draft: Object, params: Parameters) -> Change:
    """Work out a change on a copy of a subscription, which is changed along.

    `proration_date` decides about the amounts, so that a preview and the change agree to the cent.
    """
    since = params.get("proration_date") or account.now
    prorates = params.get("proration_behavior", "create_prorations") != "none" and draft["status"] in {
        "active",
        "past_due",
    }
    olds = draft["items"]["data"]
    news = _items_after(account, draft, params.get("items") or [])
    if not news:
        raise invalid("A subscription must have at least one item.", "items")
    change = Change(news)
    # In a trial nothing is paid for yet that could begin anew.
    trying = draft["status"] == "trialing"
    change.restarted = [new for new in news if _restarts(olds, new, params) and not trying]
    for old in olds:
        new = next((each for each in news if each["id"] == old["id"]), None)
        if prorates and (new is None or new in change.restarted or _differs(old, new)):
            change.prorations += invoice_lines.part(account, old, draft["id"], since, -1)
    if change.restarted:
        items_of.restart(account, draft, change.restarted)
    for new in news:
        old = next((each for each in olds if each["id"] == new["id"]), None)
        if prorates and new not in change.restarted and (old is None or _differs(old, new)):
            change.prorations += invoice_lines.part(account, new, draft["id"], since, 1)
    draft["items"]["data"] = news
    return change


def _items_after(account: Account, draft: Object, given: list[dict[str, Any]]) -> list[Object]:
    news = [dict(item) for item in draft["items"]["data"]]
    for each in given:
        if "id" not in each:
            news.append(_add(account, draft, news, each))
            continue
        item = next((item for item in news if item["id"] == each["id"]), None)
        if item is None:
            raise invalid(f"No such subscription_item: '{each['id']}'", "items[0][id]", "resource_missing")
        if each.get("deleted"):
            news.remove(item)
            continue
        _change_item(account, item, each)
    if len({item["price"]["id"] for item in news}) < len(news):
        raise invalid("A subscription cannot have two items with the same price.", "items")
    return news


def _add(account: Account, draft: Object, news: list[Object], given: dict[str, Any]) -> Object:
    like = next((item for item in news), None)
    made = items_of.make(account, given, draft["id"])
    if like and _cycle(like) == _cycle(made):
        made |= {key: like[key] for key in ("current_period_start", "current_period_end")}
    return made


def _change_item(account: Account, item: Object, given: dict[str, Any]) -> None:
    if "price" in given:
        price = account.store.get("price", given["price"], "items[0][price]")
        items_of.require_sellable(account, price)
        if price["currency"] != item["price"]["currency"]:
            raise invalid("The currency of a subscription cannot be changed.", "items[0][price]")
        item |= {"price": price, "plan": plan_of(price)}
    if "quantity" in given:
        item["quantity"] = given["quantity"]
    item["metadata"] = metadata(given, item["metadata"])


def _cycle(item: Object) -> tuple[str, int]:
    return item["price"]["recurring"]["interval"], item["price"]["recurring"]["interval_count"]


def _restarts(olds: list[Object], new: Object, params: Parameters) -> bool:
    """Tell whether an item begins a new period: its interval is another one, or it was asked for."""
    old = next((each for each in olds if each["id"] == new["id"]), None)
    return restarts_all(params) or (old is not None and _cycle(old) != _cycle(new))


def restarts_all(params: Parameters) -> bool:
    """Tell whether a request wants the billing cycle to begin anew."""
    return bool(params.get("billing_cycle_anchor", {}).get("type") == "now")


def _differs(old: Object, new: Object) -> bool:
    return bool(old["price"]["id"] != new["price"]["id"] or old["quantity"] != new["quantity"])
