"""The contract of answers finds what is wrong, and nothing in what is right."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dev.stripe.answers import problems
from dev.stripe.events import copy
from tests.dev.stripe.shop import NOW, Shop


def _lose(subscription: dict[str, Any]) -> None:
    del subscription["status"]


def _null(subscription: dict[str, Any]) -> None:
    subscription["items"]["data"][0]["price"]["currency"] = None


def _remove(subscription: dict[str, Any]) -> None:
    subscription["current_period_end"] = NOW


def _misspell(subscription: dict[str, Any]) -> None:
    subscription["status"] = "cancelled"


def _mistype(subscription: dict[str, Any]) -> None:
    subscription["created"] = "today"


def _forget(subscription: dict[str, Any]) -> None:
    del subscription["automatic_tax"]["enabled"]


@pytest.mark.parametrize("spoil", [_lose, _null, _remove, _misspell, _mistype, _forget], ids=lambda each: each.__name__)
def test_what_is_wrong_with_an_answer_is_found(shop: Shop, spoil: Callable[[dict[str, Any]], None]) -> None:
    subscription = copy(shop.double.account.store.get("subscription", shop.subscribe(shop.customer()).id))
    assert list(problems(subscription)) == []
    spoil(subscription)
    assert len(list(problems(subscription))) == 1


def test_the_async_methods_of_the_sdk_work_too(shop: Shop) -> None:
    made = asyncio.run(shop.v1.customers.create_async({"email": "a@example.com"}))
    assert shop.v1.customers.retrieve(made.id).email == "a@example.com"
