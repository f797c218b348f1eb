"""Drawn histories: whatever is done in whatever order, answers stay sound and events tell everything that happened."""

import json
import re
from typing import Any, get_args

import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.packages import CHECKOUT
from dev.stripe.double import Double
from dev.stripe.refusal import Refused
from dev.stripe.standing import ENDED
from tests.dev.stripe.shop import NOW, Shop, open_shop

BEHAVIOURS = [None, "ok", "fails_later", "insufficient", "3ds", "3ds_once", "async"]


class Teller:
    """Does one thing after another with one customer's newest subscription."""

    def __init__(self) -> None:
        self.shop: Shop = open_shop(Double(seed=5, now=NOW, checks=True))
        self.customer = self.shop.customer()
        self.shop.subscribe(self.customer)

    @property
    def subscription(self) -> Any:
        return self.shop.v1.subscriptions.list({"customer": self.customer, "status": "all"}).data[0]

    def do(self, verb: str, number: int) -> None:
        """Do it; a refusal is an answer too."""
        try:
            getattr(self, verb)(number)
        except (stripe.CardError, stripe.InvalidRequestError, Refused):
            return

    def advance(self, number: int) -> None:
        self.shop.double.advance(seconds=number * 40_000)

    def behave(self, number: int) -> None:
        self.shop.double.behave(self.customer, BEHAVIOURS[number % len(BEHAVIOURS)])

    def subscribe(self, number: int) -> None:
        behavior = ["allow_incomplete", "default_incomplete", "error_if_incomplete"][number % 3]
        self.shop.subscribe(self.customer, payment_behavior=behavior, trial_period_days=number % 2 * 9 or None)

    def buy(self, number: int) -> None:
        trial = {"subscription_data": {"trial_period_days": number}} if number % 3 else {}
        session = self.shop.checkout(self.customer, **trial).id
        if number % 5:
            self.shop.double.pay(session, ["ok", "declined", "3ds", "async", "fails_later"][number % 5])
        if number % 7:
            self.shop.double.confirm(session, agreed=number % 2 == 0)

    def change(self, number: int) -> None:
        price = [self.shop.monthly, self.shop.bigger, self.shop.yearly][number % 3]
        behavior = ["always_invoice", "create_prorations", "none"][number % 4 % 3]
        item = {"id": self.subscription["items"].data[0].id, "price": price, "quantity": number % 4}
        wish: dict[str, Any] = {"items": [item], "proration_behavior": behavior}
        if number % 5 == 0:
            wish["payment_behavior"] = "pending_if_incomplete"
        self.shop.v1.subscriptions.update(self.subscription.id, wish)

    def end_later(self, number: int) -> None:
        self.shop.v1.subscriptions.update(self.subscription.id, {"cancel_at_period_end": number % 2 == 0})

    def cancel(self, number: int) -> None:
        wish = {"prorate": number % 2 == 0, "invoice_now": number % 3 == 0}
        self.shop.v1.subscriptions.cancel(self.subscription.id, wish)

    def pause(self, _: int) -> None:
        self.shop.v1.subscriptions.pause(self.subscription.id)

    def resume(self, number: int) -> None:
        anchor = {"type": "unchanged" if number % 2 else "now"}
        behavior = "resume_on_payment_success" if number % 3 else "resume_on_payment_attempt"
        wish = {"billing_cycle_anchor": anchor, "payment_behavior": behavior}
        self.shop.v1.subscriptions.resume(self.subscription.id, wish)

    def hold(self, number: int) -> None:
        wish = {"behavior": ["void", "keep_as_draft", "mark_uncollectible"][number % 3]} if number % 4 else ""
        self.shop.v1.subscriptions.update(self.subscription.id, {"pause_collection": wish})

    def pay(self, _: int) -> None:
        self.shop.v1.invoices.pay(self.subscription.latest_invoice)

    def void(self, _: int) -> None:
        self.shop.v1.invoices.void_invoice(self.subscription.latest_invoice)

    def end_trial(self, _: int) -> None:
        self.shop.v1.subscriptions.update(self.subscription.id, {"trial_end": "now"})

    def extend_trial(self, number: int) -> None:
        self.shop.v1.subscriptions.update(self.subscription.id, {"trial_end": self.shop.double.now + number * 50_000})

    def answer_bank(self, number: int) -> None:
        for intent in self.shop.v1.payment_intents.list().data:
            if intent.status == "requires_action":
                self.shop.double.authenticate(intent.id, agreed=number % 3 > 0)
            elif intent.status == "processing":
                self.shop.double.settle(intent.id, paid=number % 3 > 0)

    def give_back(self, number: int) -> None:
        charge = self.shop.v1.charges.list().data[0].id
        refund = self.shop.v1.refunds.create({"charge": charge, "amount": number + 1})
        if number % 3 == 0:
            self.shop.double.fail_refund(refund.id)

    def dispute(self, number: int) -> None:
        dispute = self.shop.double.dispute(self.shop.v1.charges.list().data[0].id)
        if number % 2:
            self.shop.double.decide(dispute["id"], won=number % 3 == 0)


VERBS = sorted(name for name in vars(Teller) if name not in {"do", "subscription"} and not name.startswith("_"))


def _latest_told(double: Double) -> dict[str, dict[str, Any]]:
    """Return what the latest event of each object said it is."""
    told = {}
    for event in double.events():
        thing = event["data"]["object"]
        if thing.get("object") in {"subscription", "checkout.session", "dispute", "refund"}:
            told[thing["id"]] = thing
    return told


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 40)), min_size=1, max_size=25))
def test_whatever_happens_is_told_and_sound(steps: list[tuple[str, int]]) -> None:
    teller = Teller()
    for verb, number in steps:
        teller.do(verb, number)
    double = teller.shop.double
    for identifier, thing in _latest_told(double).items():
        now = double.account.store.find(identifier)
        assert json.dumps(now, sort_keys=True) == json.dumps(thing, sort_keys=True)
    for invoice in double.account.store.all("invoice"):
        assert invoice["amount_remaining"] in {0, invoice["amount_due"]}
        assert invoice["amount_paid"] + invoice["amount_remaining"] <= max(invoice["amount_due"], 0)
        assert (invoice["status"] == "paid") == bool(invoice["status_transitions"]["paid_at"])
    for subscription in double.account.store.all("subscription"):
        assert (subscription["status"] in ENDED) == bool(subscription["ended_at"])
        for item in subscription["items"]["data"]:
            assert item["current_period_start"] <= item["current_period_end"]
            if subscription["status"] in {"active", "trialing", "past_due"}:
                assert item["current_period_end"] > double.now


def test_nothing_is_told_that_stripe_does_not_know() -> None:
    known = get_args(stripe.Event.__annotations__["type"])
    written = "".join(path.read_text("utf-8") for path in (CHECKOUT / "dev" / "stripe").glob("*.py"))
    kinds = set(re.findall(r'(?:emit|changed)\(\s*"([a-z_.]+)"', written))
    assert len(kinds) > 40
    assert kinds <= set(known)
