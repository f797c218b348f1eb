"""What carries requests to Stripe: there and nowhere else, whatever an answer or the environment says."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from functions.billing import payments
from shared.errors import UpstreamTimeout

Seen = list[dict[str, str]]


@contextmanager
def answering(status: int, headers: dict[str, str]) -> Iterator[tuple[str, Seen]]:
    """Serve the same answer to whoever asks; yield the address and the headers of what was asked."""
    seen: Seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            body = b'{"object": "list", "data": [], "has_more": false, "url": "/v1/customers"}'
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def connected() -> Iterator[None]:
    """Keep no connection."""
    payments.disconnect()
    yield
    payments.disconnect()


def ask(address: str) -> object:
    return payments.ask(payments.connect("sk_test_reaching", address).v1.customers.list)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_sent_on_with_our_key(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "RETRIES", 0)
    with (
        answering(200, {}) as (elsewhere, reached),
        answering(status, {"Location": f"{elsewhere}/v1/customers"}) as (stripe, asked),
    ):
        with pytest.raises(UpstreamTimeout):
            ask(stripe)
        assert len(asked) == 1
        assert reached == []


def test_the_environment_names_no_way_that_requests_take(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, {}) as (stripe, asked), answering(200, {}) as (proxy, proxied):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        ask(stripe)
        assert (len(asked), proxied) == (1, [])


def test_requests_say_nothing_of_the_ones_before_them() -> None:
    with answering(200, {"Request-Id": "req_1"}) as (stripe, asked):
        for _ in range(2):
            ask(stripe)
        assert not any("x-stripe-client-telemetry" in each for each in asked)
        assert {each["stripe-version"] for each in asked} == {payments.PIN}
