"""One double for each test, its answers held against the SDK's classes."""

import pytest

from dev.stripe.double import Double
from tests.dev.stripe.browser import Browser
from tests.dev.stripe.shop import NOW, Shop, open_shop


@pytest.fixture
def double() -> Double:
    return Double(seed=7, now=NOW, checks=True)


@pytest.fixture
def shop(double: Double) -> Shop:
    return open_shop(double)


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return Browser(shop)
