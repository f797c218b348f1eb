from typing import Any

import pytest

from functions.billing import plans
from shared import cache
from tests.functions.billing.selling import Counter


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_caches", {})


def pro(counter: Counter) -> Any:
    answer = counter.get("/billing/plans", None)
    assert answer.status == 200, answer.body
    shown = [each for each in answer.json()["data"]["items"] if each["plan"] == "pro"]
    return next(each for each in shown if any(price["lookupKey"] == "shop_pro" for price in each["prices"]))


def test_plans_need_no_credentials_and_may_be_kept_by_whoever_hands_them_on(counter: Counter) -> None:
    price = next(each for each in pro(counter)["prices"] if each["lookupKey"] == "shop_pro")
    assert (price["unitAmount"], price["currency"], price["recurringInterval"]) == (2000, "usd", "month")
    answer = counter.ask(plans.app, "GET", "/billing/plans", None)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.json()["data"]["items"][0]["plan"] == "free"


def test_a_price_of_the_list_can_be_bought_by_its_id(counter: Counter) -> None:
    buyer, price = counter.buyer(), pro(counter)["prices"][0]
    answer = counter.post("/billing/checkout", buyer, priceId=price["id"])
    assert answer.status == 200, answer.body


def test_what_is_not_sold_any_more_is_not_listed(counter: Counter) -> None:
    counter.world.run("update prices set sellable = false where lookup_key = 'shop_trial'")
    assert "shop_trial" not in {each["lookupKey"] for each in pro(counter)["prices"]}


def test_a_process_remembers_them(counter: Counter) -> None:
    before = pro(counter)
    counter.world.run("update prices set sellable = false where lookup_key = 'shop_trial'")
    assert pro(counter) == before
