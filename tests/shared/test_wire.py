import time

import pytest

from shared import reply
from shared.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from shared.wire import Wait, Wire
from tests.shared.upstream import Say, Upstream


@pytest.fixture
def wire(upstream: Upstream) -> Wire:
    return Wire(upstream.url)


def test_one_connection_serves_many_requests(upstream: Upstream, wire: Wire) -> None:
    for _ in range(3):
        assert wire.send("GET", "/", {}).status == 200
    assert upstream.connections == 1
    wire.close()


def test_a_connection_closed_while_idle_is_replaced_without_a_word(upstream: Upstream, wire: Wire) -> None:
    wire.send("GET", "/", {})
    upstream.hang_up()
    time.sleep(0.05)
    assert wire.send("POST", "/", {}, b"{}").status == 200
    assert len(upstream.asked) == 2
    wire.close()


def test_a_kept_connection_that_closes_without_an_answer_is_replaced_once(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(), Say(silent=True), Say({"second": "try"})]
    wire.send("GET", "/", {})
    assert b"second" in wire.send("GET", "/", {}).body
    assert len(upstream.asked) == 3
    wire.close()


def test_two_silent_connections_are_not_followed_by_a_third(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(), Say(silent=True), Say(silent=True)]
    wire.send("GET", "/", {})
    with pytest.raises(Unavailable):
        wire.send("GET", "/", {})
    assert len(upstream.asked) == 3


def test_a_new_connection_without_an_answer_is_not_retried(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(silent=True)]
    with pytest.raises(Unavailable):
        wire.send("POST", "/", {}, b"{}")
    assert len(upstream.asked) == 1


def test_an_answer_cut_short_is_not_retried(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(), Say(raw=b"half", headers={"Content-Length": "8"}, hang_up=True)]
    wire.send("GET", "/", {})
    with pytest.raises(UpstreamFailed):
        wire.send("GET", "/", {})
    assert len(upstream.asked) == 2


def test_a_slow_server_times_out_and_is_not_asked_again(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(), Say(wait=1)]
    wire.send("GET", "/", {})
    with pytest.raises(UpstreamTimeout):
        wire.send("GET", "/", {}, wait=Wait(read=0.1))
    assert len(upstream.asked) == 2


def test_a_server_that_drips_is_cut_off_at_the_deadline(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say("never read to its end", drip=0.05)]
    started = time.monotonic()
    with pytest.raises(UpstreamTimeout):
        wire.send("GET", "/", {}, wait=Wait(read=0.3))
    assert time.monotonic() - started < 0.6


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_answer_is_refused(upstream: Upstream, wire: Wire, *, chunked: bool) -> None:
    size = reply.LARGEST + 1
    raw = b"x" * size
    headers = {}
    if chunked:
        raw = b"%x\r\n%b\r\n0\r\n\r\n" % (size, raw)
        headers = {"Transfer-Encoding": "chunked"}
    upstream.script = [Say(raw=raw, headers=headers)]
    with pytest.raises(UpstreamFailed):
        wire.send("GET", "/", {})


def test_a_chunked_answer_keeps_its_connection(upstream: Upstream, wire: Wire) -> None:
    upstream.script = [Say(raw=b"3\r\nabc\r\n0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})]
    assert wire.send("GET", "/", {}).body == b"abc"
    wire.send("GET", "/", {})
    assert upstream.connections == 1
    wire.close()


def test_an_answer_that_ends_its_connection_is_read_and_the_connection_forgotten(
    upstream: Upstream, wire: Wire
) -> None:
    upstream.script = [Say("bye", hang_up=True, headers={"Connection": "close"})]
    assert wire.send("GET", "/", {}).body == b'"bye"'
    assert wire.send("GET", "/", {}).status == 200
    wire.close()


def test_no_server_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        Wire("http://127.0.0.1:21998").send("GET", "/", {})


def test_what_is_not_http_is_refused(upstream: Upstream) -> None:
    # The double speaks plain HTTP, so a TLS greeting gets no sensible answer.
    with pytest.raises(Unavailable):
        Wire(upstream.url.replace("http:", "https:")).send("GET", "/", {}, wait=Wait(connect=1))


def test_a_connection_idle_for_too_long_is_not_trusted(upstream: Upstream) -> None:
    wire = Wire(upstream.url, longest_idle=0)
    wire.send("GET", "/", {})
    wire.send("GET", "/", {})
    assert upstream.connections == 2
    wire.close()
