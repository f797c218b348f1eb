import json
from collections.abc import Callable

import pytest

from dev import github as double
from functions.auth import github
from shared.errors import Unauthenticated, Unavailable
from tests.shared.upstream import Say, Upstream

RAW = b'[{"token": "x"}]'


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Published:
    """What GitHub publishes, and how often it was asked."""

    def __init__(self, *pems: str) -> None:
        self.pems, self.asked, self.away = list(pems), 0, False

    def __call__(self, _url: str) -> github.PublicKeys:
        self.asked += 1
        if self.away:
            raise Unavailable(cause="no connection")
        documents = [double.published(pem)["public_keys"][0] for pem in self.pems]
        return {str(each["key_identifier"]): github._public_key(str(each["key"])) for each in documents}  # noqa: SLF001


@pytest.fixture
def clock() -> Clock:
    return Clock()


def check(pem: str, keys: github.Keys, raw: bytes = RAW, signed: bytes = RAW) -> None:
    headers = double.sign(pem, signed)
    names = (headers["Github-Public-Key-Identifier"], headers["Github-Public-Key-Signature"])
    github.verify(raw, *names, "https://api.github.com/x", keys)


def refused(what: Callable[[], None]) -> type[Exception] | None:
    try:
        what()
    except (Unauthenticated, Unavailable) as refusal:
        return type(refusal)
    return None


def test_keys_are_fetched_once_in_half_an_hour(clock: Clock) -> None:
    pem = double.make_key()
    published = Published(pem)
    keys = github.Keys(published, clock)
    for _ in range(3):
        check(pem, keys)
    assert published.asked == 1
    clock.now += github.KEPT_SECONDS + 1
    check(pem, keys)
    assert published.asked == 2


def test_a_key_that_is_not_known_yet_is_looked_for_once_a_minute(clock: Clock) -> None:
    old, new = double.make_key(), double.make_key()
    published = Published(old)
    keys = github.Keys(published, clock)
    check(old, keys)
    published.pems.append(new)
    assert [refused(lambda: check(new, keys)) for _ in range(3)] == [Unauthenticated] * 3
    assert published.asked == 1
    clock.now += github.SOONEST_SECONDS
    check(new, keys)
    assert published.asked == 2


def test_other_bytes_are_refused(clock: Clock) -> None:
    pem = double.make_key()
    keys = github.Keys(Published(pem), clock)
    assert refused(lambda: check(pem, keys, raw=RAW + b" ")) is Unauthenticated
    assert refused(lambda: check(double.make_key(), keys)) is Unauthenticated


def test_keys_fetched_before_are_good_while_github_is_away(clock: Clock) -> None:
    pem = double.make_key()
    published = Published(pem)
    keys = github.Keys(published, clock)
    check(pem, keys)
    published.away = True
    clock.now += github.KEPT_SECONDS + 1
    check(pem, keys)


def test_without_any_keys_it_is_said_to_come_back(clock: Clock) -> None:
    pem = double.make_key()
    published = Published(pem)
    published.away = True
    keys = github.Keys(published, clock)
    assert refused(lambda: check(pem, keys)) is Unavailable
    published.away = False
    check(pem, keys)


@pytest.mark.parametrize(
    "said", [{"public_keys": [{}]}, {}, [], {"public_keys": [{"key_identifier": "a", "key": "no PEM"}]}]
)
def test_keys_in_another_shape_are_not_taken(upstream: Upstream, said: object) -> None:
    upstream.script = [Say(said)]
    with pytest.raises(Unavailable):
        github.fetch(f"{upstream.url}/keys")


def test_a_refusal_to_tell_the_keys_is_unavailable(upstream: Upstream) -> None:
    upstream.script = [Say({}, status=429)]
    with pytest.raises(Unavailable, match="not available"):
        github.fetch(f"{upstream.url}/keys")


def test_published_keys_are_read(upstream: Upstream) -> None:
    pem = double.make_key()
    upstream.script = [Say(json.loads(json.dumps(double.published(pem))))]
    assert len(github.fetch(f"{upstream.url}/keys")) == 1


def test_a_key_of_another_kind_is_not_taken() -> None:
    rsa = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----"""
    with pytest.raises(TypeError):
        github._public_key(rsa)  # noqa: SLF001
