import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from shared import cache as caches
from shared import logs
from shared.cache import Cache, cache_of
from shared.cache_keys import key
from shared.config import Misconfigured, Settings
from shared.distant import Distant
from shared.values import Secret
from tests.shared import redis_double
from tests.shared.fixtures import ENVIRONMENT, PERSON_ID
from tests.shared.test_cache import Clock, Source

URL = "rediss://default:hunter22@redis.example.com:6380/0"
PROFILE = key("profile", PERSON_ID)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> redis_double.Server:
    server = redis_double.Server()
    monkeypatch.setitem(sys.modules, "redis", redis_double.module(server))
    return server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(server: redis_double.Server, clock: Clock) -> tuple[Cache, Cache]:  # noqa: ARG001 - stands behind both
    """The caches of two processes."""
    return (Cache(Distant(Secret(URL), "here"), clock=clock), Cache(Distant(Secret(URL), "here"), clock=clock))


@pytest.fixture(autouse=True)
def none_made(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(caches, "_caches", {})
    yield
    logs.configure()


def test_what_one_process_loaded_another_knows(two: tuple[Cache, Cache]) -> None:
    source = Source({"name": "Ann"})
    assert [cache.through(PROFILE, source) for cache in (*two, *two)] == [{"name": "Ann"}] * 4
    assert source.loads == 1
    assert (two[1].statistics()["distant_hits"], two[1].statistics()["hits"]) == (1, 1)


def test_nothing_gets_older_by_moving_between_memories(two: tuple[Cache, Cache], clock: Clock) -> None:
    two[0].through(PROFILE, Source("old"))
    clock.now += 59
    assert two[1].through(PROFILE, Source("new")) == "old"
    clock.now += 1
    assert two[1].through(PROFILE, Source("new")) == "new"


def test_a_write_is_forgotten_everywhere_but_in_the_memory_of_others(two: tuple[Cache, Cache], clock: Clock) -> None:
    source, third = Source("old"), Cache(Distant(Secret(URL), "here"), clock=clock)
    for cache in two:
        cache.through(PROFILE, source)
    clock.now += 1
    two[0].changing(lambda: setattr(source, "value", "new"), PROFILE)
    clock.now += 1
    assert (two[0].through(PROFILE, source), third.through(PROFILE, source)) == ("new", "new")
    # Its own memory ends by the clock, which is the bound.
    assert two[1].through(PROFILE, source) == "old"
    clock.now += 60
    assert two[1].through(PROFILE, source) == "new"


def test_what_was_read_before_a_write_and_arrives_after_it_is_not_believed(
    two: tuple[Cache, Cache], clock: Clock
) -> None:
    def load() -> str:
        clock.now += 1
        two[1].changing(lambda: None, PROFILE)
        clock.now += 1
        return "read before the change"

    two[0].through(PROFILE, load)
    assert two[1].through(PROFILE, Source("after")) == "after"


def test_a_redis_that_fails_is_left_alone_for_a_while_and_fails_nobody(
    two: tuple[Cache, Cache], server: redis_double.Server, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    server.ailing = ConnectionError(f"Error connecting to {URL}")
    assert [two[0].through(key("profile", number), Source(number)) for number in range(5)] == [0, 1, 2, 3, 4]
    assert (server.calls, two[0].statistics()["failures"]) == (1, 1)
    [line] = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["message"], json.loads(line)["error"]) == ("cache failed", "ConnectionError")
    assert "hunter22" not in line
    clock.now += 5
    server.ailing = None
    two[0].through(PROFILE, Source("kept"))
    assert two[1].through(PROFILE, Source("other")) == "kept"


def test_a_write_goes_through_and_tries_to_forget_even_while_redis_rests(
    two: tuple[Cache, Cache], server: redis_double.Server
) -> None:
    server.ailing = TimeoutError()
    two[0].through(PROFILE, Source("old"))
    assert two[0].changing(lambda: "written", PROFILE) == "written"
    assert server.calls == 2
    assert two[0].through(PROFILE, Source("new")) == "new"


@pytest.mark.parametrize("text", ["", "x", "1 2", "a b {}", "1 9999999999 {", "nan nan 1"])
def test_what_nobody_of_us_wrote_is_not_believed(
    two: tuple[Cache, Cache], server: redis_double.Server, text: str
) -> None:
    server.hashes[f"mainstay:here:profile:{PERSON_ID}"] = {"entry:": text}
    assert two[0].through(PROFILE, Source("loaded")) == "loaded"


def test_a_place_outlives_what_is_in_it_and_no_longer(two: tuple[Cache, Cache], server: redis_double.Server) -> None:
    two[0].through(PROFILE, Source())
    assert server.ends.keys() == server.hashes.keys() == {f"mainstay:here:profile:{PERSON_ID}"}
    two[0].changing(lambda: None, PROFILE)
    assert list(server.hashes.values()) == [{"gone": repr(Clock.now)}]


def settings(**more: str) -> Settings:
    return Settings.read(ENVIRONMENT | more)


def test_redis_is_imported_only_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    assert cache_of(settings()).through(PROFILE, Source("own")) == "own"
    assert cache_of(settings()) is cache_of(settings())
    with pytest.raises(Misconfigured, match="REDIS_URL is set, but the package redis is not installed"):
        cache_of(settings(REDIS_URL=URL))


def test_a_deployment_waits_briefly_and_shares_nothing_with_another(server: redis_double.Server) -> None:
    cache_of(settings(REDIS_URL=URL)).through(PROFILE, Source())
    elsewhere = {"REDIS_URL": URL, "SUPABASE_URL": "https://other.supabase.co"}
    cache_of(settings(**elsewhere)).through(PROFILE, Source())
    assert len(server.hashes) == 2
    url, options = server.opened[0]
    assert url == URL
    assert options["socket_timeout"] + options["socket_connect_timeout"] < 0.5


def test_statistics_of_the_process_are_those_of_its_cache() -> None:
    assert caches.statistics() == {}
    cache_of(settings()).through(PROFILE, Source())
    assert caches.statistics()["loads"] == 1


@pytest.mark.parametrize("url", ["http://redis.example.com", "redis:///0", "redis://[broken", "redis.example.com", "é"])
def test_what_is_no_address_of_a_redis_is_refused_unrepeated(url: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL needs") as refused:
        settings(REDIS_URL=url)
    assert url not in str(refused.value)


def test_its_password_reaches_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(settings(REDIS_URL=URL))
    logs.logger.info("connecting to %s", URL)
    said: Any = json.loads(capsys.readouterr().out)
    assert said["message"] == f"connecting to {logs.HIDDEN}"
