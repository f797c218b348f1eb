"""What may happen to a customer, drawn by chance, and how badly its events may arrive."""

from collections.abc import Callable
from random import Random
from typing import Any

import stripe

from dev.stripe.refusal import Refused
from tests.functions.billing.shop import Customer, Shop

LIVE = {"active", "trialing", "past_due"}
RANKS = {"free": 0, "pro": 1, "enterprise": 2}


class History:
    """One customer, and the acts of theirs, their bank and time."""

    def __init__(self, shop: Shop, draw: Random) -> None:
        self.shop, self.draw, self.v1 = shop, draw, shop.v1
        self.customer: Customer = shop.customer()
        self.done: list[str] = []

    def act(self) -> None:
        """Do something that the double allows now; what it refuses has not happened."""
        act = self.draw.choice(ACTS)
        try:
            act(self)
        except (stripe.StripeError, Refused):
            self.done.append(f"({act.__name__})")
        else:
            self.done.append(act.__name__)

    @property
    def subscriptions(self) -> list[Any]:
        return list(self.shop.double.account.store.of("subscription", self.customer.id))

    @property
    def invoices(self) -> list[Any]:
        return list(self.shop.double.account.store.of("invoice", self.customer.id))

    @property
    def charges(self) -> list[Any]:
        charges = self.shop.double.account.store.all("charge")
        return [each for each in charges if each["customer"] == self.customer.id]

    def live(self) -> str:
        return str(next((each["id"] for each in self.subscriptions if each["status"] in LIVE | {"paused"}), "sub_none"))

    def plan(self) -> str:
        """Return what the organization should have, as the double says."""
        names = {price: plan for plan, price in self.shop.prices.items()}
        held = [
            names[item["price"]["id"]]
            for each in self.subscriptions
            if each["status"] in LIVE
            for item in each["items"]["data"]
        ]
        return max(held, key=RANKS.__getitem__, default="free")

    def truth(self) -> dict[str, tuple[Any, ...]]:
        """Return what our rows must say, straight from the double's objects."""
        told: dict[str, tuple[Any, ...]] = {}
        for each in self.subscriptions:
            items = each["items"]["data"]
            periods = sorted((i["current_period_start"], i["current_period_end"], i["quantity"]) for i in items)
            names = ("status", "cancel_at_period_end", "cancel_at", "canceled_at", "ended_at", "trial_end")
            told[each["id"]] = (*(each[name] for name in names), periods)
        for each in self.invoices:
            told[each["id"]] = (
                *(each[n] for n in ("status", "total", "amount_paid", "attempt_count")),
                *self._money(each),
            )
        return told

    def _money(self, invoice: Any) -> tuple[int, bool]:
        store = self.shop.double.account.store
        intents = {each["payment"]["payment_intent"] for each in store.of("invoice_payment", invoice["id"])}
        charges = [each for each in self.charges if each["payment_intent"] in intents and each["paid"]]
        open_ones = {each["charge"] for each in store.all("dispute") if each["status"] != "won"}
        return sum(each["amount_refunded"] for each in charges), any(each["id"] in open_ones for each in charges)

    def rows(self) -> dict[str, tuple[Any, ...]]:
        """Return what our rows say, in the same shape."""
        world = self.shop.world.connection
        told: dict[str, tuple[Any, ...]] = {}
        for name, *columns, periods in world.execute(SUBSCRIPTIONS, [self.customer.org]):
            told[name] = (*columns, sorted(tuple(each) for each in periods))
        told |= {name: tuple(columns) for name, *columns in world.execute(INVOICES, [self.customer.org])}
        return told


SUBSCRIPTIONS = """
select s.provider_id, s.status, s.cancel_at_period_end, extract(epoch from s.cancel_at)::bigint,
    extract(epoch from s.canceled_at)::bigint, extract(epoch from s.ended_at)::bigint,
    extract(epoch from s.trial_end)::bigint,
    (select coalesce(jsonb_agg(jsonb_build_array(
        extract(epoch from i.current_period_start)::bigint, extract(epoch from i.current_period_end)::bigint, i.quantity
    )), '[]') from subscription_items as i where i.subscription_id = s.id)
from subscriptions as s where s.org_id = %s
"""
INVOICES = """
select provider_id, status, total, amount_paid, attempts, amount_refunded, disputed from invoices where org_id = %s
"""


def subscribe(history: History) -> None:
    if history.live() == "sub_none":
        history.shop.subscribe(history.customer, history.draw.choice(["pro", "enterprise"]))


def try_out(history: History) -> None:
    if history.live() == "sub_none":
        history.shop.subscribe(history.customer, "pro", trial_period_days=history.draw.choice([1, 7, 14]))


def change_plan(history: History) -> None:
    subscription = history.v1.subscriptions.retrieve(history.live())
    price = history.shop.prices[history.draw.choice(["pro", "enterprise"])]
    quantity = history.draw.randint(1, 5)
    item = subscription.items.data[0].id
    history.v1.subscriptions.update(subscription.id, {"items": [{"id": item, "price": price, "quantity": quantity}]})


def cancel_later(history: History) -> None:
    history.v1.subscriptions.update(history.live(), {"cancel_at_period_end": True})


def stay(history: History) -> None:
    history.v1.subscriptions.update(history.live(), {"cancel_at_period_end": False})


def cancel(history: History) -> None:
    history.v1.subscriptions.cancel(history.live())


def pause(history: History) -> None:
    history.v1.subscriptions.pause(history.live(), {"type": "subscription"})


def resume(history: History) -> None:
    history.v1.subscriptions.resume(history.live())


def have_a_bad_card(history: History) -> None:
    history.shop.double.behave(history.customer.id, history.draw.choice(["declined", "3ds", "insufficient"]))


def have_a_good_card(history: History) -> None:
    history.shop.double.behave(history.customer.id, None)


def pay(history: History) -> None:
    unpaid = [each["id"] for each in history.invoices if each["status"] == "open"]
    history.v1.invoices.pay(history.draw.choice(unpaid) if unpaid else "in_none")


def refund(history: History) -> None:
    paid = [each for each in history.charges if each["paid"]] or [{"id": "ch_none", "amount": 1}]
    charge = history.draw.choice(paid)
    history.v1.refunds.create({"charge": charge["id"], "amount": history.draw.randint(1, charge["amount"])})


def lose_a_refund(history: History) -> None:
    mine = {each["id"] for each in history.charges}
    refunds = [each["id"] for each in history.shop.double.account.store.all("refund") if each["charge"] in mine]
    if refunds:
        history.shop.double.fail_refund(history.draw.choice(refunds))


def dispute(history: History) -> None:
    paid = [each["id"] for each in history.charges if each["paid"]]
    if paid:
        history.shop.double.dispute(history.draw.choice(paid))


def decide(history: History) -> None:
    mine = {each["id"] for each in history.charges}
    found = [each["id"] for each in history.shop.double.account.store.all("dispute") if each["charge"] in mine]
    if found:
        history.shop.double.decide(history.draw.choice(found), won=history.draw.random() < 0.5)


def wait(history: History) -> None:
    history.shop.double.advance(days=history.draw.choice([0.1, 1, 4, 8, 16, 31]))


def be_deleted(history: History) -> None:
    if history.draw.random() < 0.2:
        history.v1.customers.delete(history.customer.id)


ACTS: list[Callable[[History], None]] = [
    *(subscribe, subscribe, subscribe, try_out, try_out, change_plan, change_plan, cancel_later, stay, cancel),
    *(pause, resume, have_a_bad_card, have_a_good_card, pay, refund, lose_a_refund, dispute, decide, be_deleted),
    *([wait] * 6),
]
