import pytest

from shared import lookups
from shared.cache import Cache
from shared.cache_keys import key
from shared.exchange import Exchange
from shared.visit import Visit

KEY = key("profile", "ann")
VISIT = Visit(method="GET", path="/", request_id="request-0001")


@pytest.fixture(autouse=True)
def none_before() -> None:
    lookups.take()


def test_what_was_asked_is_told_once() -> None:
    cache = Cache()
    for _ in range(3):
        cache.through(KEY, lambda: 1)
    assert lookups.take() == (3, 2)
    assert lookups.take() == (0, 0)


def test_a_load_that_fails_was_asked_and_not_known() -> None:
    with pytest.raises(ZeroDivisionError):
        Cache().through(KEY, lambda: 1 / 0)
    assert lookups.take() == (1, 0)


def test_a_request_carries_them_along(caplog: pytest.LogCaptureFixture) -> None:
    cache = Cache()
    for _ in range(2):
        cache.through(KEY, lambda: 1)
    with caplog.at_level("INFO", "mainstay"):
        first, second = (Exchange(VISIT).finish(200) for _ in range(2))
    assert (first.lookups, first.hits, second.lookups, second.hits) == (2, 1, 0, 0)
    told = [vars(record)["fields"] for record in caplog.records]
    assert (told[0]["cacheLookups"], told[0]["cacheHits"]) == (2, 1)
    assert "cacheLookups" not in told[1]
