"""A stub of the Lambda Runtime API: it hands one event to one runtime and notes when it asked and when it answered.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from bench.local_http import LocalServer, Talk

REQUEST_ID = "00000000-0000-4000-8000-000000000001"
RESPONSE = f"/2018-06-01/runtime/invocation/{REQUEST_ID}/response"


class Failed(Exception):
    """The runtime reported an error, did not answer in time, or answered what it should not have."""


@dataclass(frozen=True)
class Answered:
    """When the runtime had imported its handler and asked for work, when its answer was here, and the answer."""

    asked_at: float
    answered_at: float
    answer: Any


class _Runtime(Talk):
    server: "_Server"

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """Hand out the event. A second one is waited for, as on Lambda."""
        if self.server.asked_at:
            self.server.closed.wait()
            return
        self.server.asked_at = time.perf_counter()
        self.tell(
            200,
            self.server.event,
            Lambda_Runtime_Aws_Request_Id=REQUEST_ID,
            Lambda_Runtime_Deadline_Ms=str(int(time.time() * 1000) + 30_000),
            Lambda_Runtime_Invoked_Function_Arn="arn:aws:lambda:eu-central-1:123456789012:function:measured",
            Lambda_Runtime_Trace_Id="Root=1-00000000-000000000000000000000000",
        )

    def do_POST(self) -> None:  # noqa: N802 - as do_GET
        """Take an answer, or the report of an error while importing or answering."""
        content, moment = self.content(), time.perf_counter()
        self.tell(202, {})
        if self.path == RESPONSE:
            self.server.told.put(Answered(self.server.asked_at, moment, json.loads(content)))
        else:
            error = json.loads(content)
            self.server.told.put(Failed(f"{error['errorType']}: {error['errorMessage']}"))


class _Server(LocalServer):
    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__(_Runtime)
        self.event = event
        self.asked_at = 0.0
        self.told: SimpleQueue[Answered | Failed] = SimpleQueue()
        self.closed = threading.Event()


class RuntimeApi:
    """The API for one runtime, on a free port, while the `with` block lasts."""

    def __init__(self, event: dict[str, Any]) -> None:
        """Keep the event that is handed out."""
        self._server = _Server(event)

    @property
    def address(self) -> str:
        """What a runtime finds in AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self._server.server_port}"

    def wait(self, seconds: float) -> Answered:
        """Return the answer to the event; raises Failed."""
        try:
            told = self._server.told.get(timeout=seconds)
        except Empty as silence:
            raise Failed(f"no answer within {seconds:.0f} s") from silence
        if isinstance(told, Failed):
            raise told
        return told

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.closed.set()
        self._server.shutdown()
        self._server.server_close()
