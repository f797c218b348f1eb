"""Errors, idempotency keys and faults, as the SDK meets them."""

import pytest
import stripe

from dev.stripe.clock import DAY
from dev.stripe.double import Double
from dev.stripe.replies import Question
from tests.dev.stripe.shop import NOW, Shop, open_shop


def test_an_error_carries_what_stripes_carries(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.customers.retrieve("cus_none")
    error = caught.value
    assert (error.http_status, error.code, error.param) == (404, "resource_missing", "id")
    assert error.request_id is not None
    assert error.request_id.startswith("req_")
    assert error.error is not None
    assert error.error.doc_url == "https://docs.stripe.com/error-codes/resource-missing"
    assert error.request_id in str(error.error.request_log_url)


@pytest.mark.parametrize("key", ["", "pk_test_x", "sk_live_x", "nonsense"])
def test_a_key_that_is_none_of_ours_is_refused(shop: Shop, key: str) -> None:
    reply = shop.double.api.answer(Question("GET", "/v1/customers", headers={"authorization": f"Bearer {key}"}))
    assert reply.status == 401


def test_an_unknown_address_is_a_404(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        shop.client.deserialize(shop.client.raw_request("get", "/v1/nowhere"), api_mode="V1")


def test_a_version_that_does_not_exist_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        shop.v1.customers.list({}, {"stripe_version": "2027-01-01.future"})


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(shop: Shop) -> None:
    options = {"idempotency_key": "k1"}
    first = shop.v1.customers.create({"email": "a@example.com"}, options)
    again = shop.v1.customers.create({"email": "a@example.com"}, options)
    assert first.id == again.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.request_id
    assert len(shop.v1.customers.list().data) == 1


def test_the_same_key_with_other_parameters_is_refused(shop: Shop) -> None:
    shop.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "k1"})


def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    first = shop.v1.customers.create({}, {"idempotency_key": "k1"})
    shop.double.advance(seconds=DAY - 1)
    assert shop.v1.customers.create({}, {"idempotency_key": "k1"}).id == first.id
    shop.double.advance(seconds=1)
    assert shop.v1.customers.create({}, {"idempotency_key": "k1"}).id != first.id


def test_a_key_whose_parameters_were_invalid_can_be_used_again(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.customers.create({"nothing": "x"}, {"idempotency_key": "k1"})
    assert shop.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"}).id


def test_a_key_remembers_a_500(shop: Shop) -> None:
    shop.double.faults.add("500_after", method="POST", path="/v1/customers")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            shop.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})
        assert caught.value.http_status == 500
    assert len(shop.v1.customers.list().data) == 1


def test_a_key_in_use_is_a_409(shop: Shop) -> None:
    question = Question("POST", "/v1/customers", headers={"idempotency-key": "k1"})
    shop.double.api.hold(question)
    with pytest.raises(stripe.APIError) as caught:
        shop.v1.customers.create({}, {"idempotency_key": "k1"})
    assert caught.value.error is not None
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    shop.double.api.release(question)
    assert shop.v1.customers.create({}, {"idempotency_key": "k1"}).id


def test_an_answer_that_was_lost_is_given_again_to_the_retry(shop: Shop) -> None:
    shop.double.faults.add("lost", method="POST")
    made = shop.double.client(retries=1).v1.customers.create({"email": "a@example.com"})
    assert [each.id for each in shop.v1.customers.list().data] == [made.id]


def test_a_connection_that_breaks_before_the_work_does_nothing(shop: Shop) -> None:
    shop.double.faults.add("timeout", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        shop.v1.customers.create({"email": "a@example.com"})
    assert shop.v1.customers.list().data == []


def test_too_many_requests_say_which_limit_and_are_not_remembered(shop: Shop) -> None:
    shop.double.faults.add("429")
    with pytest.raises(stripe.RateLimitError) as caught:
        shop.v1.customers.create({}, {"idempotency_key": "k1"})
    assert caught.value.headers is not None
    assert caught.value.headers["stripe-rate-limited-reason"] == "global-rate"
    assert shop.v1.customers.create({}, {"idempotency_key": "k1"}).id


@pytest.mark.parametrize(
    ("kind", "status"), [("403", 403), ("401", 401), ("409", 409), ("500", 500), ("lock_timeout", 429)]
)
def test_faults_come_as_often_as_they_are_wanted(shop: Shop, kind: str, status: int) -> None:
    shop.double.faults.add(kind, times=2, method="GET", path="/v1/prices")
    for _ in range(2):
        with pytest.raises(stripe.StripeError) as caught:
            shop.v1.prices.list()
        assert caught.value.http_status == status
    assert shop.v1.products.list().data
    assert shop.v1.prices.list().data


def test_a_slow_request_is_slow(shop: Shop) -> None:
    waited: list[float] = []
    shop.double.api.sleep = waited.append
    shop.double.faults.add("slow", seconds=3)
    assert shop.v1.customers.create({}).id
    assert waited == [3]


def test_the_same_seed_gives_the_same_history() -> None:
    def history() -> list[object]:
        shop = open_shop(Double(seed=11, now=NOW))
        shop.subscribe(shop.customer())
        shop.double.advance(days=40)
        # The SDK makes up its idempotency keys.
        return [{**event, "request": None} for event in shop.double.events()]

    assert history() == history()
