"""Webhooks: signed, rendered for their endpoint, and delivered as badly as was asked for."""

import json
from collections.abc import Callable, Mapping

import pytest
import stripe

from dev.stripe import webhook_endpoints
from dev.stripe.clock import DAY
from dev.stripe.double import Double
from tests.dev.stripe.shop import NOW, Shop, open_shop

URL = "https://app.example/webhooks"


class Receiver:
    """Answers what it is told to, and keeps what it got."""

    def __init__(self, answer: Callable[[int], int] = lambda _: 200) -> None:
        self.got: list[tuple[bytes, str]] = []
        self.answer = answer

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert url.startswith(URL)
        self.got.append((body, headers["Stripe-Signature"]))
        return self.answer(len(self.got))

    @property
    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for body, _ in self.got]


def test_every_event_arrives_signed_and_in_order(shop: Shop) -> None:
    _, secret = shop.double.listen(URL)
    receiver = Receiver()
    shop.subscribe(shop.customer())
    assert shop.double.deliverer.flush(receiver) == len(receiver.got) > 5
    for body, header in receiver.got:
        assert stripe.Webhook.construct_event(body, header, secret).api_version == "2026-10-28.endive"
    assert receiver.ids == [event["id"] for event in shop.double.events()][-len(receiver.ids) :]


def test_an_envelope_says_which_request_caused_it_and_what_was_before(shop: Shop) -> None:
    subscription = shop.subscribe(shop.customer())
    changed = shop.v1.subscriptions.update(subscription.id, {"metadata": {"a": "1"}}, {"idempotency_key": "k1"})
    event = shop.last("customer.subscription.updated")
    assert event["request"] == {"id": changed.last_response.request_id, "idempotency_key": "k1"}
    assert event["data"]["previous_attributes"] == {"metadata": {"a": None}}
    shop.double.advance(days=31)
    assert shop.last("invoice.paid")["request"] == {"id": None, "idempotency_key": None}


def test_while_a_secret_rolls_both_sign(shop: Shop) -> None:
    endpoint, old = shop.double.listen(URL)
    new = webhook_endpoints.roll_secret(shop.double.account, endpoint)
    shop.customer(None)
    receiver = Receiver()
    shop.double.deliverer.flush(receiver)
    [(body, header)] = receiver.got
    for secret in (old, new):
        stripe.Webhook.construct_event(body, header, secret)
    shop.double.advance(seconds=DAY)
    shop.customer(None)
    shop.double.deliverer.flush(receiver)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(*receiver.got[-1], old)


@pytest.mark.parametrize("mode", ["shuffled", "duplicated", "reversed"])
def test_a_mode_changes_the_order_and_loses_nothing(shop: Shop, mode: str) -> None:
    shop.double.listen(URL)
    shop.double.deliverer.mode = mode
    receiver = Receiver()
    shop.subscribe(shop.customer())
    sent = [each.event["id"] for each in shop.double.deliverer.waiting]
    shop.double.deliverer.flush(receiver)
    assert set(receiver.ids) == set(sent)
    assert receiver.ids != sent
    assert len(receiver.ids) == len(sent) * (2 if mode == "duplicated" else 1)


def test_what_was_dropped_can_be_listed_and_delivered_again(shop: Shop) -> None:
    shop.double.listen(URL)
    shop.double.deliverer.drop = lambda event: event["type"] == "invoice.paid"
    receiver = Receiver()
    shop.subscribe(shop.customer())
    shop.double.deliverer.flush(receiver)
    lost = shop.v1.events.list({"type": "invoice.paid"}).data[0].id
    assert lost not in receiver.ids
    assert shop.double.deliverer.redeliver(lost) == 1
    shop.double.deliverer.flush(receiver)
    assert receiver.ids[-1] == lost


def test_what_is_delayed_comes_when_its_time_has_come(shop: Shop) -> None:
    shop.double.listen(URL)
    shop.double.deliverer.delay = lambda event: 3600 if event["type"] == "customer.created" else 0
    receiver = Receiver()
    shop.customer()
    shop.double.deliverer.flush(receiver)
    assert b"customer.created" not in b"".join(body for body, _ in receiver.got)
    shop.double.advance(seconds=3600)
    assert shop.double.deliverer.flush(receiver) == 1


def test_events_can_be_made_to_happen_in_one_second(shop: Shop) -> None:
    shop.double.deliverer.same_second = NOW
    subscription = shop.subscribe(shop.customer())
    shop.double.advance(days=31)
    assert shop.status(subscription.id) == "active"
    assert {event["created"] for event in shop.double.events()[-10:]} == {NOW}


def test_a_refused_delivery_is_tried_again_for_three_days(shop: Shop) -> None:
    shop.double.listen(URL, kinds=("customer.created",))
    receiver = Receiver(lambda count: 500 if count < 4 else 200)
    shop.customer()
    assert shop.double.deliverer.flush(receiver) == 1
    assert shop.v1.events.list({"type": "customer.created"}).data[0].pending_webhooks == 1
    for _ in range(80):
        shop.double.advance(seconds=3600)
        shop.double.deliverer.flush(receiver)
    assert len(receiver.got) == 4
    assert len(set(receiver.ids)) == 1
    assert shop.v1.events.list({"type": "customer.created"}).data[0].pending_webhooks == 0


def test_an_endpoint_hears_only_what_it_wants_and_only_while_enabled(shop: Shop) -> None:
    made = shop.v1.webhook_endpoints.create({"url": URL, "enabled_events": ["customer.created"]})
    assert made.secret.startswith("whsec_")
    assert not hasattr(shop.v1.webhook_endpoints.retrieve(made.id), "secret")
    receiver = Receiver()
    shop.customer()
    shop.double.deliverer.flush(receiver)
    shop.v1.webhook_endpoints.update(made.id, {"disabled": True})
    shop.customer()
    shop.double.deliverer.flush(receiver)
    assert len(receiver.got) == 1


def test_an_old_endpoint_gets_the_old_shape() -> None:
    shop = open_shop(Double(seed=1, now=NOW))
    shop.double.listen(URL, version="2024-06-20")
    receiver = Receiver()
    shop.subscribe(shop.customer())
    shop.double.deliverer.flush(receiver)
    events = {event["type"]: event for event in (json.loads(body) for body, _ in receiver.got)}
    subscription = events["customer.subscription.created"]["data"]["object"]
    invoice = events["invoice.paid"]["data"]["object"]
    assert events["invoice.paid"]["api_version"] == "2024-06-20"
    assert subscription["current_period_end"] > subscription["current_period_start"]
    assert "current_period_end" not in subscription["items"]["data"][0]
    assert invoice["subscription"] == subscription["id"]
    assert "parent" not in invoice


def test_a_thin_endpoint_gets_a_notification_that_the_sdk_understands(shop: Shop) -> None:
    _, secret = shop.double.listen(URL, kinds=("customer.subscription.created",), thin=True)
    receiver = Receiver()
    subscription = shop.subscribe(shop.customer())
    shop.double.deliverer.flush(receiver)
    [(body, header)] = receiver.got
    told = shop.client.parse_event_notification(body, header, secret)
    assert told.type == "v1.customer.subscription.created"
    assert told.fetch_related_object().id == subscription.id


def test_events_are_forgotten_after_30_days(shop: Shop) -> None:
    shop.customer(None)
    shop.double.advance(days=31)
    shop.customer(None)
    assert [each.created for each in shop.v1.events.list({"type": "customer.created"}).data] == [NOW + 31 * DAY]
