import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.billing import signatures, webhooks
from shared import config
from tests.functions.billing.shop import PATH, SECRET, Shop
from tests.functions.events import CONTEXT, DOORS, Event
from tests.shared.asgi import Answer, ask

COUNT = "select count(*) from private.webhook_events"


def event(customer: str | None = "cus_unknown", **changes: Any) -> dict[str, Any]:
    thing = {"id": "sub_1", "object": "subscription", "customer": customer}
    return {
        "id": f"evt_{time.perf_counter_ns()}",
        "object": "event",
        "type": "customer.subscription.updated",
        "created": int(time.time()),
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "data": {"object": thing},
    } | changes


def signed(raw: bytes, *, at: float = 0, secret: str = SECRET) -> str:
    moment = str(int(time.time() + at))
    return f"t={moment},v1={signatures.sign(raw, moment, secret)}"


def post(raw: bytes, header: str | None) -> Answer:
    headers = [("Stripe-Signature", header)] if header is not None else []
    return ask(webhooks.app, "POST", PATH, [*headers, ("Content-Type", "application/json")], raw)


def send(said: Any) -> Answer:
    raw = json.dumps(said).encode()
    return post(raw, signed(raw))


def test_who_cannot_sign_is_refused_before_anything_is_asked(shop: Shop) -> None:
    raw = json.dumps(event()).encode()
    good = signed(raw)
    moment, _, signature = good.partition(",v1=")
    refused = [
        None,
        "",
        "t=,v1=",
        signature,
        moment,
        f"{moment},v0={signature}",
        f"t=x,v1={signature}",
        f"t=-1,v1={signature}",
        f"t={'9' * 40},v1={signature}",
        f"{moment},v1={signature[:-1]}",
        f"{moment},v1=\xff\xfe",
        signed(raw, secret="whsec_of_somebody_else"),
        signed(raw, secret=""),
        signed(raw + b" "),
        signed(raw, at=-301),
        signed(raw, at=302),
    ]
    before = shop.world.value(COUNT)
    assert {post(raw, each).status for each in refused} == {401}
    assert shop.world.value(COUNT) == before
    assert post(raw, good).status == 200


def test_each_configured_secret_signs_and_one_right_signature_of_several_is_enough(shop: Shop) -> None:
    del shop
    raw = json.dumps(event()).encode()
    moment = str(int(time.time()))
    right = signatures.sign(raw, moment, "whsec_of_another_endpoint")
    assert post(raw, f"t={moment},v1={'0' * 64},v1={right}").status == 200


def test_without_a_secret_nothing_is_believed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    del shop
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", " , ")
    config.settings.cache_clear()
    raw = json.dumps(event()).encode()
    assert post(raw, signed(raw, secret="")).status == 401


def test_a_replay_is_answered_as_the_first_and_changes_nothing(shop: Shop) -> None:
    said = event(shop.customer().id)
    assert [send(said).status for _ in range(3)] == [200] * 3
    assert shop.world.value("select count(*) from private.webhook_events where event_id = %s", said["id"]) == 1
    assert shop.world.value("select count(*) from private.jobs where kind = 'billing.refresh'") == 1


def test_what_is_too_large_is_refused(shop: Shop) -> None:
    del shop
    raw = json.dumps(event(more="x" * 256 * 1024)).encode()
    assert post(raw, signed(raw)).status == 413


@pytest.mark.parametrize(
    "changes",
    [
        {"object": "list"},
        {"id": None},
        {"id": "x" * 256},
        {"id": "evt\0"},
        {"type": 7},
        {"created": "now"},
        {"created": 10**20},
        {"livemode": "no"},
        {"data": []},
        {"data": {"object": "sub_1"}},
    ],
)
def test_what_is_signed_and_no_event_is_refused(shop: Shop, changes: dict[str, Any]) -> None:
    del shop
    assert send(event() | changes).status == 400


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"{", b"\xff", b"[" * 100_000])
def test_what_is_signed_and_no_object_is_refused(shop: Shop, raw: bytes) -> None:
    del shop
    assert post(raw, signed(raw)).status == 400


@pytest.mark.parametrize("gateway", DOORS)
def test_a_body_in_base64_is_the_same_body(shop: Shop, gateway: Callable[..., Event]) -> None:
    del shop
    raw = json.dumps(event()).encode()
    headers = {"Stripe-Signature": signed(raw), "Content-Type": "application/json"}
    given = gateway("POST", PATH, headers, raw)
    assert given["isBase64Encoded"]
    assert webhooks.handler(given, CONTEXT)["statusCode"] == 200


def test_the_verifier_agrees_with_the_sdk() -> None:
    from stripe import WebhookSignature  # noqa: PLC0415 - for this one alone

    raw, moment = b'{"a": 1}', int(time.time())
    header = WebhookSignature.generate_signature_header(raw.decode(), SECRET, moment)
    assert header.endswith(signatures.sign(raw, str(moment), SECRET))
