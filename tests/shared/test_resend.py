import logging
from typing import Any

import pytest

from shared import mail as post
from shared.config import Misconfigured, Settings
from shared.errors import Problem, Unavailable, UpstreamFailed, UpstreamTimeout
from shared.message import Refused
from shared.resend import WAIT
from shared.wire import Wait
from tests.shared.mails import KEY, MAIL, mail, settings_with
from tests.shared.upstream import Say, Upstream


@pytest.fixture
def resend(upstream: Upstream) -> Settings:
    return settings_with(MAIL_PROVIDER="resend", RESEND_URL=upstream.url, RESEND_API_KEY="re_of_tests")


def test_a_mail_is_sent_under_its_key_and_its_id_returned(resend: Settings, upstream: Upstream) -> None:
    upstream.script = [Say({"id": "49a3999c"})]
    assert post.send(resend, mail()) == "49a3999c"
    asked = upstream.asked[0]
    assert (asked.method, asked.path) == ("POST", "/emails")
    assert asked.headers["authorization"] == "Bearer re_of_tests"
    assert asked.headers["idempotency-key"] == KEY
    assert asked.headers["user-agent"].startswith("mainstay/")
    assert asked.json() == {
        "from": '"Bücher, Inc. via Mainstay" <post@example.com>',
        "to": ["ann@example.com"],
        **{name: MAIL[name] for name in ("subject", "text", "html", "headers")},
    }


def error(status: int, name: str, message: str = "") -> Say:
    return Say({"statusCode": status, "name": name, "message": message}, status=status)


@pytest.mark.parametrize(
    ("say", "kind", "cause"),
    [
        (error(429, "rate_limit_exceeded"), Unavailable, "429 rate_limit_exceeded"),
        (error(429, "daily_quota_exceeded"), Unavailable, "429 daily_quota_exceeded"),
        (error(409, "concurrent_idempotent_requests"), Unavailable, "409 concurrent_idempotent_requests"),
        (error(403, "invalid_api_key", "ann@example.com"), Unavailable, "403 invalid_api_key"),
        (
            error(422, "validation_error", "Invalid `from` field of ann@example.com"),
            Unavailable,
            "422 validation_error",
        ),
        (error(422, "ann@example.com"), Unavailable, "422 unknown"),
        (error(500, "application_error"), UpstreamFailed, "500 application_error"),
        (Say(raw=b"<html>", status=502), UpstreamFailed, "502 unknown"),
        (Say({"ok": True}), UpstreamFailed, "without an id"),
        (Say(["id"]), UpstreamFailed, "without an id"),
    ],
)
def test_what_may_be_tried_again_says_why_and_for_whom_never(
    resend: Settings, upstream: Upstream, say: Say, kind: type[Problem], cause: str
) -> None:
    upstream.script = [say]
    with pytest.raises(kind) as refused:
        post.send(resend, mail())
    assert refused.type is kind
    assert cause in str(refused.value.cause)
    assert "ann@" not in str(refused.value.cause)


def test_an_address_that_resend_takes_for_none_is_refused_for_good(resend: Settings, upstream: Upstream) -> None:
    upstream.script = [error(422, "validation_error", "Invalid `to` field. ann@example.com is no address.")]
    with pytest.raises(Refused) as refused:
        post.send(resend, mail())
    assert refused.value.gone
    assert "ann@" not in str(refused.value)


def test_a_repeat_that_differs_was_sent_before(resend: Settings, upstream: Upstream) -> None:
    upstream.script = [error(409, "invalid_idempotent_request")]
    assert post.send(resend, mail()) == ""


def test_a_silent_resend_is_not_waited_for(
    resend: Settings, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert WAIT.connect + WAIT.read < 15
    monkeypatch.setattr("shared.resend.WAIT", Wait(connect=0.2, read=0.2))
    upstream.script = [Say(wait=1)]
    with pytest.raises(UpstreamTimeout):
        post.send(resend, mail())


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"MAIL_PROVIDER": "none"}, "MAIL_PROVIDER"),
        ({"MAIL_PROVIDER": "resend"}, "RESEND_API_KEY"),
        ({"MAIL_PROVIDER": "resend", "RESEND_API_KEY": "re_x", "MAIL_FROM": ""}, "MAIL_FROM"),
        ({"MAIL_PROVIDER": "smtp"}, "SMTP_URL"),
        ({"MAIL_PROVIDER": "smtp", "SMTP_URL": "smtp://127.0.0.1:25", "MAIL_FROM": ""}, "MAIL_FROM"),
    ],
)
def test_what_is_not_set_is_named(missing: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        post.send(settings_with(**missing), mail())


def test_no_log_holds_the_address_or_the_key(
    resend: Settings, upstream: Upstream, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    replies: list[Any] = [Say({"id": "1"}), error(403, "invalid_api_key", "re_of_tests ann@example.com")]
    upstream.script = replies
    post.send(resend, mail())
    with pytest.raises(Unavailable) as refused:
        post.send(resend, mail())
    said = caplog.text + capsys.readouterr().out + f"{refused.value} {refused.value.cause} {resend}"
    assert "ann@" not in said
    assert "re_of_tests" not in said
