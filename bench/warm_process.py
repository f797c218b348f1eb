"""One way of bench.warm: a handler in a process of its own, whose calls over the network are answered at once.

The first line it reads names the handler, the event, the answers, and whether FastAPI may use threads; each line after
that says how many requests to make.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Answers = Mapping[str, bytes]
# What PostgREST says with rows, in part.
HEADERS = {"content-type": "application/json; charset=utf-8", "content-range": "0-0/*", "server": "postgrest/14.1"}


def answer_ours(answers: Answers) -> None:
    """Put the answers in the place of our connections."""
    from shared.reply import Reply  # noqa: PLC0415 - each way has only its own packages
    from shared.wire import Wire  # noqa: PLC0415 - as above

    def send(_wire: Wire, method: str, target: str, *_: object, **__: object) -> Reply:
        return Reply(200, HEADERS, answers[f"{method} {target.partition('?')[0]}"])

    Wire.send = send  # type: ignore[method-assign,assignment] # what is measured is everything above it


def answer_usual(answers: Answers) -> None:
    """Put the answers in the place of httpx's connections; its client stays as supabase-py makes it."""
    import httpx  # noqa: PLC0415 - as above

    def send(_transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.partition(b"?")[0].decode()
        return httpx.Response(200, headers=HEADERS, content=answers[f"{request.method} {path}"])

    httpx.HTTPTransport.handle_request = send  # type: ignore[method-assign,assignment] # as above


def without_threads() -> None:
    """Let FastAPI call plain functions where it stands, as it does coroutines: on Lambda nobody else would wait."""
    import starlette.concurrency  # noqa: PLC0415 - as above

    async def at_once(function: Callable[..., Any], /, *arguments: object, **named: object) -> object:
        return function(*arguments, **named)

    # FastAPI is not imported yet, and takes it from there.
    starlette.concurrency.run_in_threadpool = at_once  # type: ignore[assignment]


def block(handler: Callable[[Any, Any], Any], event: object, requests: int) -> dict[str, Any]:
    """Return the seconds that each of so many requests took, and the last answer."""
    seconds, answer = [], None
    for _ in range(requests):
        started = time.perf_counter()
        answer = handler(event, None)
        seconds.append(time.perf_counter() - started)
    return {"seconds": seconds, "answer": answer}


def main() -> None:
    """Answer each line with one block of requests. What they log goes to /dev/null."""
    told, sys.stdout = sys.stdout, Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    asked = json.loads(sys.stdin.readline())
    answers = {name: json.dumps(value).encode() for name, value in asked["answers"].items()}
    (answer_usual if asked["handler"].startswith("bench.") else answer_ours)(answers)
    if not asked["threads"]:
        without_threads()
    handler = importlib.import_module(asked["handler"]).handler
    for line in sys.stdin:
        print(json.dumps(block(handler, asked["event"], int(line))), file=told, flush=True)


if __name__ == "__main__":
    main()
