"""The door under /_double/, which Stripe does not have: the clock, cards, faults and deliveries, as JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dev.stripe import refunds, webhook_endpoints
from dev.stripe.account import PIN
from dev.stripe.cards import CARDS
from dev.stripe.deliverer import MODES
from dev.stripe.double import Double
from dev.stripe.refusal import Refused
from dev.stripe.shapes import Object

Given = dict[str, Any]


def state(double: Double, _: Given) -> Object:
    """Return what is there at a glance."""
    subscriptions = [
        {"id": each["id"], "customer": each["customer"], "status": each["status"], "invoice": each["latest_invoice"]}
        for each in double.account.store.all("subscription")
    ]
    return {
        **_moment(double),
        "customers": [each["id"] for each in double.account.store.all("customer")],
        "subscriptions": subscriptions,
        "events": len(double.events()),
        "waiting": len(double.deliverer.waiting),
        "dropped": len(double.deliverer.dropped),
        "mode": double.deliverer.mode,
    }


def advance(double: Double, given: Given) -> Object:
    """Let time pass: `days`, `seconds`."""
    happened = double.advance(days=given.get("days", 0), seconds=given.get("seconds", 0))
    return {**_moment(double), "happened": happened}


def _moment(double: Double) -> Object:
    return {"now": double.now, "date": datetime.fromtimestamp(double.now, UTC).isoformat()}


def behave(double: Double, given: Given) -> Object:
    """Have a `customer`, or all of them, pay with cards that behave like `card`; null ends that."""
    everybody = [each["id"] for each in double.account.store.all("customer")]
    customers = [given["customer"]] if given.get("customer") else everybody
    if given.get("card") not in {None, *CARDS}:
        raise Refused(f"A card is one of {', '.join(CARDS)}.", param="card")
    for customer in customers:
        double.behave(customer, given.get("card"))
    return {"customers": customers}


def pay(double: Double, given: Given) -> Object:
    """Pay a Checkout `session` with a `card`."""
    return double.pay(given["session"], given.get("card", "ok"))


def confirm(double: Double, given: Given) -> Object:
    """Confirm a Checkout `session` or a payment `intent` with the bank, or refuse: `agreed`."""
    if "intent" in given:
        double.authenticate(given["intent"], agreed=given.get("agreed", True))
        return double.account.store.get("payment_intent", given["intent"])
    return double.confirm(given["session"], agreed=given.get("agreed", True))


def settle(double: Double, given: Given) -> Object:
    """Let slow money of an `intent`, or of all that wait, arrive or not: `paid`."""
    waiting = [each["id"] for each in double.account.store.all("payment_intent") if each["status"] == "processing"]
    intents = [given["intent"]] if "intent" in given else waiting
    for intent in intents:
        double.settle(intent, paid=given.get("paid", True))
    return {"settled": intents}


def _charge(double: Double, given: Given) -> str:
    paid = [each["id"] for each in double.account.store.all("charge") if each["paid"] and not each["refunded"]]
    if not given.get("charge") and not paid:
        raise Refused("Nothing was paid yet.")
    return str(given.get("charge") or paid[-1])


def refund(double: Double, given: Given) -> Object:
    """Give back a `charge`, or the latest; `fails` lets the refund come back."""
    made = refunds.create(double.account, {"charge": _charge(double, given)})
    return double.fail_refund(made["id"]) if given.get("fails") else made


def dispute(double: Double, given: Given) -> Object:
    """Dispute a `charge`, or the latest; or decide a `dispute`: `won`."""
    if "dispute" in given:
        return double.decide(given["dispute"], won=bool(given.get("won")))
    return double.dispute(_charge(double, given))


def fault(double: Double, given: Given) -> Object:
    """Have the next requests fail: `kind`, `times`, `method`, `path`, `seconds`."""
    allowed = {"kind", "times", "method", "path", "seconds"}
    double.faults.add(**{name: each for name, each in given.items() if name in allowed})
    return {"waiting": [vars(each) for each in double.faults.waiting]}


def deliver(double: Double, given: Given) -> Object:
    """Choose how webhooks go out: `mode`, `drop` (types), `delay` (seconds), `same_second`."""
    deliverer = double.deliverer
    if given.get("mode", "in_order") not in MODES:
        raise Refused(f"A mode is one of {', '.join(MODES)}.", param="mode")
    deliverer.mode = given.get("mode", deliverer.mode)
    dropped, delay = set(given.get("drop", [])), int(given.get("delay", 0))
    deliverer.drop = lambda event: event["type"] in dropped or "*" in dropped
    deliverer.delay = lambda _: delay
    deliverer.same_second = double.now if given.get("same_second") else None
    return {"mode": deliverer.mode, "drop": sorted(dropped), "delay": delay}


def redeliver(double: Double, given: Given) -> Object:
    """Send an `event` again, or everything that was dropped."""
    events = [given["event"]] if "event" in given else [each.event["id"] for each in double.deliverer.dropped]
    return {"sent": sum(double.deliverer.redeliver(event) for event in dict.fromkeys(events))}


def listen(double: Double, given: Given) -> Object:
    """Add a webhook endpoint: `url`, `events`, `version`, `thin`, `secret`."""
    endpoint, secret = double.listen(
        given["url"],
        kinds=tuple(given.get("events", ["*"])),
        version=given.get("version", PIN),
        thin=bool(given.get("thin")),
        secret=given.get("secret", ""),
    )
    return {"endpoint": endpoint, "secret": secret}


def roll(double: Double, given: Given) -> Object:
    """Give an `endpoint` a new secret."""
    return {"secret": webhook_endpoints.roll_secret(double.account, given["endpoint"])}


LOOKS: dict[str, Callable[[Double, Given], Object]] = {"state": state}
VERBS: dict[str, Callable[[Double, Given], Object]] = {
    each.__name__: each
    for each in (advance, behave, pay, confirm, settle, refund, dispute, fault, deliver, redeliver, listen, roll)
}


async def enter(double: Double, request: Request) -> Response:
    """Answer one wish. A body must say that it is JSON, which no form of another site can."""
    action = (LOOKS if request.method == "GET" else VERBS).get(request.path_params["verb"])
    if action is None:
        return JSONResponse({"error": f"There is: {', '.join([*LOOKS, *VERBS])}."}, 404)
    if request.method == "POST" and request.headers.get("content-type", "").split(";")[0] != "application/json":
        return JSONResponse({"error": "Send JSON."}, 415)
    try:
        given = json.loads(await request.body() or b"{}")
        with double.api.lock:
            return JSONResponse(action(double, given))
    except Refused as refused:
        return JSONResponse({"error": refused.message}, refused.status)
    except (KeyError, TypeError, ValueError) as wrong:
        return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, 400)
