import json
from collections.abc import Callable

import pytest

from dev import github as double
from functions.auth import github
from shared.config import Settings
from shared.errors import Unauthenticated, Unavailable
from shared.values import Secret
from tests.shared.fixtures import ENVIRONMENT
from tests.shared.upstream import Say, Upstream

RAW = b'[{"token": "x"}]'
NOBODY = Secret("")
SETTINGS = Settings.read(ENVIRONMENT)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Published:
    """What GitHub publishes, and how often it was asked."""

    def __init__(self, *pems: str) -> None:
        self.pems, self.asked, self.away = list(pems), 0, False

    def __call__(self, _url: str, _token: Secret) -> github.PublicKeys:
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
    github.Signature(*names).check(raw, SETTINGS, keys)


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


def test_strangers_make_it_ask_once_a_minute_whatever_github_answers(clock: Clock) -> None:
    pem = double.make_key()
    published = Published(pem)
    published.away = True
    keys = github.Keys(published, clock)
    assert [refused(lambda: check(double.make_key(), keys)) for _ in range(50)] == [Unavailable] * 50
    assert published.asked == 1
    published.away = False
    clock.now += github.SOONEST_SECONDS
    check(pem, keys)


def test_a_known_key_waits_for_nobody(clock: Clock) -> None:
    pem = double.make_key()
    keys = github.Keys(Published(pem), clock)
    check(pem, keys)
    with keys._lock:  # noqa: SLF001 - as held by who is fetching
        check(pem, keys)


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        (None, "MEUCIQ=="),
        ("0" * 64, None),
        ("0" * 64, "not base64!"),
        ("0" * 64, "ü" * 8),
        ("no identifier", "MEUCIQ=="),
        ("0" * 65, "MEUCIQ=="),
    ],
)
def test_what_cannot_be_a_signature_costs_no_fetch(clock: Clock, identifier: str | None, text: str | None) -> None:
    published = Published(double.make_key())
    keys = github.Keys(published, clock)
    with pytest.raises(Unauthenticated):
        github.Signature(identifier, text).check(RAW, SETTINGS, keys)
    assert published.asked == 0


@pytest.mark.parametrize(
    "said", [{"public_keys": [{}]}, {}, [], {"public_keys": [{"key_identifier": "a", "key": "no PEM"}]}]
)
def test_keys_in_another_shape_are_not_taken(upstream: Upstream, said: object) -> None:
    upstream.script = [Say(said)]
    with pytest.raises(Unavailable):
        github.fetch(f"{upstream.url}/keys", NOBODY)


def test_a_refusal_to_tell_the_keys_is_unavailable(upstream: Upstream) -> None:
    upstream.script = [Say({}, status=429)]
    with pytest.raises(Unavailable, match="not available"):
        github.fetch(f"{upstream.url}/keys", NOBODY)


def test_published_keys_are_read(upstream: Upstream) -> None:
    pem = double.make_key()
    upstream.script = [Say(json.loads(json.dumps(double.published(pem))))]
    assert len(github.fetch(f"{upstream.url}/keys", Secret("ghp_x"))) == 1
    assert upstream.asked[0].headers["authorization"] == "Bearer ghp_x"


def test_a_key_of_another_kind_is_not_taken() -> None:
    rsa = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----"""
    with pytest.raises(TypeError):
        github._public_key(rsa)  # noqa: SLF001
