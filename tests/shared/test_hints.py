import time
from dataclasses import replace
from typing import Any

import pytest

from shared import hints
from shared.config import Settings
from shared.errors import Unauthenticated
from shared.values import Secret
from tests.shared.upstream import Say, Upstream

SECRET = "s" * 32


@pytest.fixture
def told(settings: Settings, upstream: Upstream) -> Settings:
    """Settings of a function that knows where the jobs function is."""
    return replace(settings, jobs_url=upstream.url, jobs_secret=Secret(SECRET))


def test_a_hint_is_sent_once_and_proves_whose_it_is(told: Settings, upstream: Upstream) -> None:
    hints.hint(told)
    (asked,) = upstream.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/functions/v1/core/jobs/run", b"")
    hints.verify(told, {name.lower(): value for name, value in asked.headers.items()}["x-jobs-token"])


@pytest.mark.parametrize("answer", [Say(status=500), Say(status=401), Say(silent=True), Say(wait=1)])
def test_what_becomes_of_a_hint_never_fails_who_gave_it(told: Settings, upstream: Upstream, answer: Say) -> None:
    upstream.script = [answer]
    hints.hint(told)
    assert len(upstream.asked) >= 1


def test_nobody_listening_fails_nobody(told: Settings) -> None:
    hints.hint(replace(told, jobs_url="http://127.0.0.1:9"))


@pytest.mark.parametrize("missing", [{"jobs_url": ""}, {"jobs_secret": Secret("")}])
def test_without_an_address_or_a_secret_nothing_is_sent(
    told: Settings, upstream: Upstream, missing: dict[str, Any]
) -> None:
    hints.hint(replace(told, **missing))
    assert upstream.asked == []


def test_a_token_is_of_its_secret_and_its_minute(told: Settings) -> None:
    now = time.time()
    for moment in (now - 59, now + 59):
        hints.verify(told, hints.token(SECRET, moment), clock=lambda: now)
    for wrong in (hints.token(SECRET, now - 61), hints.token(SECRET, now + 61), hints.token("x" * 32, now), "", None):
        with pytest.raises(Unauthenticated):
            hints.verify(told, wrong, clock=lambda: now)


def test_where_no_secret_is_set_no_token_is_good(told: Settings) -> None:
    now = time.time()
    with pytest.raises(Unauthenticated):
        hints.verify(replace(told, jobs_secret=Secret("")), hints.token("", now), clock=lambda: now)
