import pytest

from shared import credentials, keys
from shared.config import Misconfigured, Settings
from shared.credentials import Credentials
from shared.errors import Problem, Unauthenticated, ValidationError
from tests.shared.fixtures import BEARER, ENVIRONMENT, JWT

SETTINGS = Settings.read(ENVIRONMENT)
KEY, KEY_TEXT = keys.make("mainstay", live=False)
API_KEY = ("X-API-Key", KEY_TEXT.reveal())


def read(*headers: tuple[str, str]) -> Credentials:
    return credentials.read([(name.encode(), value.encode("latin-1")) for name, value in headers], SETTINGS)


def test_a_token_is_forwarded_untouched() -> None:
    assert read(BEARER).headers() == {"Authorization": f"Bearer {JWT}"}
    assert read(("authorization", f"bearer {JWT}")).kind == "person"


def test_a_key_is_forwarded_as_digests_only() -> None:
    presented = read(API_KEY)
    assert presented.kind == "key"
    assert presented.headers() == {"X-Api-Key": KEY.presented(SETTINGS.peppers).reveal()}
    assert KEY.secret not in str(presented.headers())


@pytest.mark.parametrize(
    "headers",
    [(BEARER, API_KEY), (API_KEY, BEARER), (BEARER, BEARER), (API_KEY, API_KEY), (BEARER, ("X-API-KEY", ""))],
)
def test_two_credentials_are_refused_rather_than_chosen_between(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ValidationError):
        read(*headers)


def test_two_keys_that_a_gateway_joined_are_refused_too() -> None:
    with pytest.raises(ValidationError):
        read(("X-API-Key", f"{API_KEY[1]}, {API_KEY[1]}"))


def test_nothing_presented_is_challenged_without_an_error() -> None:
    with pytest.raises(Unauthenticated) as refused:
        read(("X-User-Id", "somebody"))
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer realm="mainstay"'}


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", ""),
        ("Authorization", "Bearer"),
        ("Authorization", "Bearer "),
        ("Authorization", f"Basic {JWT}"),
        ("Authorization", JWT),
        ("Authorization", f"Bearer  {JWT}"),
        ("Authorization", f"Bearer {JWT} more"),
        ("Authorization", "Bearer sb_publishable_abc"),
        ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
        ("Authorization", f"Bearer {JWT}é"),
        ("Authorization", "Bearer aa.bb." + "c" * 9000),
        ("Authorization", f"Bearer {API_KEY[1]}"),
        ("X-API-Key", ""),
        ("X-API-Key", JWT),
        ("X-API-Key", API_KEY[1] + "x"),
    ],
)
def test_malformed_credentials_are_refused_without_asking_anyone(header: tuple[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        read(header)
    assert refused.value.status == 401
    assert 'error="invalid_token"' in refused.value.headers["WWW-Authenticate"]
    assert not header[1].strip() or header[1] not in refused.value.message


WATCHED = Settings.read(ENVIRONMENT | {"METRICS_TOKEN": "t" * 32})


def watcher(value: str, settings: Settings = WATCHED, *, takes_watchers: bool = True) -> Credentials:
    header = (b"authorization", value.encode())
    return credentials.read([header], settings, takes_watchers=takes_watchers)


def test_the_metrics_token_is_known_here_and_goes_no_further() -> None:
    found = watcher(f"Bearer {'t' * 32}")
    assert (found.kind, found.headers()) == ("watcher", {})


@pytest.mark.parametrize(
    "value", [f"Bearer {'t' * 31}", f"Bearer {'t' * 33}", "Bearer ", f"Basic {'t' * 32}", "t" * 32, "Bearer é"]
)
def test_another_token_is_no_metrics_token(value: str) -> None:
    with pytest.raises(Unauthenticated):
        watcher(value)


def test_where_no_watcher_is_let_in_it_is_a_malformed_token() -> None:
    with pytest.raises(Unauthenticated):
        watcher(f"Bearer {'t' * 32}", takes_watchers=False)


def test_without_a_metrics_token_nothing_is_one() -> None:
    for value in ("Bearer ", "Bearer"):
        with pytest.raises(Unauthenticated):
            watcher(value, SETTINGS)


def test_a_metrics_token_is_long_or_refused() -> None:
    with pytest.raises(Misconfigured, match="METRICS_TOKEN"):
        Settings.read(ENVIRONMENT | {"METRICS_TOKEN": "t" * 31})
