import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared.cache import Cache
from shared.cache_keys import KINDS, Key, key
from shared.memory import LONGEST_TEXT
from tests.shared.fixtures import ORG_ID, PERSON_ID

PROFILE = key("profile", PERSON_ID)


class Clock:
    """A clock that is put forward by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """What is loaded from, and how often that was."""

    def __init__(self, value: Any = "first") -> None:
        self.value, self.loads = value, 0

    def __call__(self) -> Any:
        self.loads += 1
        return self.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> Cache:
    return Cache(clock=clock)


def test_what_is_kept_is_loaded_once_for_as_long_as_its_kind_says(cache: Cache, clock: Clock) -> None:
    source = Source({"name": "Ann"})
    assert [cache.through(PROFILE, source) for _ in range(3)] == [{"name": "Ann"}] * 3
    clock.now += 59.9
    cache.through(PROFILE, source)
    assert source.loads == 1
    clock.now += 0.1
    cache.through(PROFILE, source)
    assert source.loads == 2


def test_the_table_says_how_long_and_knows_no_credentials() -> None:
    assert {name: kind.seconds for name, kind in KINDS.items()} == {
        "answer": 300,
        "catalogue": 3600,
        "flags": 30,
        "plans": 60,
        "profile": 60,
        "subscription": 300,
    }
    for kind in ("api-key", "api-keys", "permissions", "session", "token", "limits"):
        with pytest.raises(ValueError, match=f"{kind} is not kept"):
            key(kind, PERSON_ID)


@pytest.mark.parametrize("part", ["", "a:b", "a*", "a b", "é", "x" * 81])
def test_a_part_that_could_be_read_as_two_makes_no_key(part: str) -> None:
    with pytest.raises(ValueError, match="part of a cache key"):
        key("profile", part)
    with pytest.raises(ValueError, match="part of a cache key"):
        key("profile", PERSON_ID, part)


def test_after_a_write_nothing_of_its_owner_is_kept_and_all_else_is(cache: Cache) -> None:
    others = [key("profile", ORG_ID), key("flags", PERSON_ID), Key("profile", PERSON_ID[:-1])]
    own = [PROFILE, key("profile", PERSON_ID, "short"), key("profile", PERSON_ID, "short", "er")]
    sources = {each: Source() for each in [*own, *others]}
    for each, source in sources.items():
        cache.through(each, source)
    assert cache.changing(lambda: "written", key("profile", PERSON_ID)) == "written"
    for each, source in sources.items():
        cache.through(each, source)
    assert [source.loads for source in sources.values()] == [2, 2, 2, 1, 1, 1]


def test_forgetting_comes_after_the_commit(cache: Cache) -> None:
    source = Source("old")

    def write() -> None:
        # Somebody reads before the commit, and is shown what is still there.
        cache.through(PROFILE, source)
        source.value = "new"

    cache.changing(write, PROFILE)
    assert cache.through(PROFILE, source) == "new"


def test_a_write_that_failed_may_have_happened_and_forgets_too(cache: Cache) -> None:
    source = Source("old")
    cache.through(PROFILE, source)

    def write() -> None:
        source.value = "new"
        raise TimeoutError

    with pytest.raises(TimeoutError):
        cache.changing(write, PROFILE)
    assert cache.through(PROFILE, source) == "new"


def test_what_was_being_loaded_when_it_changed_is_not_kept(cache: Cache) -> None:
    def load() -> str:
        cache.changing(lambda: None, PROFILE)
        return "read before the change"

    assert cache.through(PROFILE, load) == "read before the change"
    assert cache.through(PROFILE, Source("after")) == "after"


def test_a_thousand_entries_are_kept_and_the_least_used_give_way(clock: Clock) -> None:
    cache = Cache(clock=clock)
    sources = {key("profile", number): Source(number) for number in range(1200)}
    for each, source in sources.items():
        cache.through(each, source)
        cache.through(key("profile", 0), sources[key("profile", 0)])
    told = cache.statistics()
    assert (told["entries"], told["evictions"]) == (1000, 200)
    assert sources[key("profile", 0)].loads == 1
    cache.through(key("profile", 1), sources[key("profile", 1)])
    assert sources[key("profile", 1)].loads == 2


@pytest.mark.parametrize("value", ["x" * LONGEST_TEXT, {1, 2}, float("nan"), object()])
def test_what_cannot_be_kept_is_answered_all_the_same(cache: Cache, value: Any) -> None:
    source = Source(value)
    assert [cache.through(PROFILE, source) is value for _ in range(2)] == [True, True]
    assert (source.loads, cache.statistics()["entries"]) == (2, 0)


def test_nothing_is_kept_only_where_it_is_worth_knowing(cache: Cache) -> None:
    for kind, loads in (("profile", 2), ("subscription", 1)):
        source = Source(None)
        assert [cache.through(key(kind, PERSON_ID), source) for _ in range(2)] == [None, None]
        assert source.loads == loads


def test_who_changes_an_answer_changes_their_own(cache: Cache) -> None:
    source = Source({"flags": {"new": False}})
    cache.through(PROFILE, source)
    cache.through(PROFILE, source)["flags"]["new"] = True
    assert cache.through(PROFILE, source) == {"flags": {"new": False}}


def at_once(count: int, ask: Callable[[], Any]) -> list[Any]:
    """Ask in so many threads that begin together; return what came of each, an exception included."""
    ready, outcomes = threading.Barrier(count), []

    def run() -> None:
        ready.wait()
        try:
            outcomes.append(ask())
        except Exception as error:  # noqa: BLE001 - an outcome like others
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def waiting(cache: Cache, count: int) -> Callable[[], None]:
    """Return what holds a load until so many others wait for it."""

    def hold() -> None:
        while cache.statistics()["waits"] < count:
            threading.Event().wait(0.001)

    return hold


def test_of_many_threads_one_loads_and_each_has_its_own_copy(cache: Cache) -> None:
    hold, loads = waiting(cache, 15), []

    def load() -> list[int]:
        hold()
        loads.append(1)
        return [1]

    outcomes = at_once(16, lambda: cache.through(PROFILE, load))
    assert (outcomes, len(loads)) == ([[1]] * 16, 1)
    assert len({id(each) for each in outcomes}) == 16
    assert cache.statistics()["hit_rate"] == round(15 / 16, 4)


def test_a_load_that_fails_fails_for_all_who_wait_and_is_not_kept(cache: Cache) -> None:
    hold = waiting(cache, 7)

    def load() -> None:
        hold()
        raise TimeoutError("the database is away")

    outcomes = at_once(8, lambda: cache.through(PROFILE, load))
    assert [str(each) for each in outcomes] == ["the database is away"] * 8
    assert cache.through(PROFILE, Source("back")) == "back"


def test_nobody_waits_for_ever_for_the_load_of_another(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.cache.PATIENCE_SECONDS", 0.01)
    stuck, began = threading.Event(), threading.Event()

    def load() -> str:
        began.set()
        stuck.wait(10)
        return "late"

    thread = threading.Thread(target=lambda: cache.through(PROFILE, load))
    thread.start()
    began.wait(10)
    assert cache.through(PROFILE, Source("own")) == "own"
    stuck.set()
    thread.join()
    assert cache.through(PROFILE, Source()) == "late"


def test_statistics_tell_how_often_it_knew(cache: Cache) -> None:
    assert cache.statistics()["hit_rate"] == 0.0
    for _ in range(4):
        cache.through(PROFILE, Source())
    assert json.loads(json.dumps(cache.statistics())) == {
        "hits": 3,
        "distant_hits": 0,
        "waits": 0,
        "loads": 1,
        "failures": 0,
        "entries": 1,
        "evictions": 0,
        "hit_rate": 0.75,
    }
