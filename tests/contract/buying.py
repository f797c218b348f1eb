"""What the organization has bought when billing is asked: made anew for each request, as some end what they use."""

import json
import time
from typing import Any
from uuid import UUID, uuid4

from tests.contract.scene import Scene
from tests.shared.asgi import JSON_TYPE

LOOKUP = "pro_monthly"
PRICE = "select provider_id from prices where lookup_key = %s and sellable and not livemode"
CUSTOMER = "insert into billing_customers (org_id, provider, livemode, provider_id) values (%s, 'stripe', false, %s)"
METER = "insert into private.meters (meter, description) values ('fuzz', 'fuzz') on conflict do nothing"
SEAT = "insert into seats (org_id, user_id) values (%s, %s) on conflict do nothing"
# What must have been done before there is anything to undo.
FIRST = {"/undo-cancel": "cancel", "/resume": "pause"}

# What must be said though its schema does not: of which organization, and one name of a price of the two.
WHOSE, PRICED = ("orgId",), ("orgId", "lookupKey", "priceId")
NEEDED = {
    "/billing/checkout": PRICED,
    "/billing_enhanced-checkout-session": PRICED,
    "/billing/portal": WHOSE,
    "/billing/seats": WHOSE,
    "/billing/usage": WHOSE,
    # Without one it is as it was, which is refused.
    "/billing/subscription/preview": (*PRICED, "quantity"),
    **{f"/billing/subscription/{act}": WHOSE for act in ("cancel", "undo-cancel", "pause", "resume", "seats")},
}


def prepare(scene: Scene, path: str) -> dict[str, Any]:
    """Have the organization buy what an endpoint of billing needs, and return what fits there, by its name."""
    there: dict[str, Any] = {"lookupKey": LOOKUP, "priceId": None, "quantity": 7, "reason": None, "comment": None}
    there |= {"successPath": "/paid", "cancelPath": "/", "returnPath": "/", "flow": None}
    scene.world.run("delete from billing_customers where org_id = %s", scene.organization)
    if "checkout" in path and not path.endswith("/confirm"):
        return there
    _subscribe(scene)
    for ending, before in FIRST.items():
        if path.endswith(ending):
            _ask(scene, f"/billing/subscription/{before}")
    if path.endswith("/change"):
        there["token"] = _ask(scene, "/billing/subscription/preview", lookupKey=LOOKUP, quantity=7)["token"]
    return there | _named(scene, path)


def _named(scene: Scene, path: str) -> dict[str, Any]:
    """Return what else must be there already: a seat, an invoice, something that is counted, an event."""
    member = scene.people["member"].id
    if "/seats" in path:
        if path.endswith("}"):
            scene.world.run(SEAT, scene.organization, member)
        return {"userId": str(member), "user_id": str(member)}
    if "/invoices/" in path:
        invoice: UUID = scene.world.value("select id from invoices where org_id = %s limit 1", scene.organization)
        return {"id": str(invoice)}
    if path.endswith("/usage"):
        scene.world.run(METER)
        return {"meter": "fuzz", "identifier": uuid4().hex, "occurredAt": None}
    return {}


def event(scene: Scene) -> dict[str, Any]:
    """Return an event of the provider's about the organization's customer."""
    about = {"object": "customer", "id": _customer(scene)}
    said = {"object": "event", "livemode": False, "api_version": None, "created": int(time.time())}
    return said | {"id": f"evt_{uuid4().hex}", "type": "customer.updated", "data": {"object": about}}


def _customer(scene: Scene) -> str:
    made = scene.shop.v1.customers.create({"metadata": {"org_id": str(scene.organization)}})
    return made.id


def _subscribe(scene: Scene) -> None:
    v1, customer = scene.shop.v1, _customer(scene)
    method = v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    v1.payment_methods.attach(method.id, {"customer": customer})
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
    v1.subscriptions.create(
        {"customer": customer, "items": [{"price": scene.world.value(PRICE, LOOKUP), "quantity": 3}]}
    )
    scene.world.run(CUSTOMER, scene.organization, customer)
    _ask(scene, "/billing/checkout/confirm")


def _ask(scene: Scene, path: str, **body: Any) -> dict[str, Any]:
    raw = json.dumps({"orgId": str(scene.organization)} | body).encode()
    answer = scene.send("POST", path, [*scene.bearer("owner"), JSON_TYPE], raw)
    assert answer.status < 300, (path, answer.body)
    told: dict[str, Any] = answer.json()["data"]
    return told
