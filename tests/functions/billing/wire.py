"""The double of Stripe behind a socket of this machine, so that the real SDK reaches it as it reaches Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from dev.stripe.double import Double
from dev.stripe.faults import NoAnswer
from dev.stripe.replies import Question


def _handler(doubles: list[Double]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # In one packet: in two, the second waits 40 ms for the first one's acknowledgement.
        wbufsize = 1 << 20
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                reply = doubles[0].api.answer(Question(self.command, path, query, headers, body))
            except NoAnswer:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class Wired:
    """A socket at which one double after another answers."""

    def __init__(self, url: str, doubles: list[Double]) -> None:
        self.url, self._doubles = url, doubles

    def put(self, double: Double) -> None:
        self._doubles[:] = [double]


@contextmanager
def wired() -> Iterator[Wired]:
    doubles: list[Double] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(doubles)) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield Wired(f"http://127.0.0.1:{server.server_address[1]}", doubles)
        server.shutdown()
        thread.join()
