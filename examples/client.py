"""An integrator's client in Python 3.11, with its standard library alone: `make up`, then `python3 examples/client.py`.

A person signs in and makes an API key. With it, a program asks who it is and lists the keys of its organization page
by page. In the end the person revokes the key.
"""

import json
import os
import random
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

TRIES = 4
SECONDS = 10
LONGEST_WAIT = 60
# 409 counts only with Retry-After: the first try with this Idempotency-Key is still being worked on.
NO_ANSWER, LATER = 0, {409, 429, 503}

Headers = dict[str, str]
Json = dict[str, Any]


class Refused(Exception):
    """The API said no. With the request id its operators find out why."""

    def __init__(self, status: int, answer: Json, request_id: str) -> None:
        """Read our envelope; Supabase Auth puts code and message at the top."""
        error = answer.get("error", answer)
        code = error.get("error_code") or error.get("code") or f"HTTP {status}"
        message = error.get("message") or error.get("msg") or "no usable answer"
        super().__init__(f"{code}: {message} (request id {answer.get('requestId', request_id)})")


def request(method: str, url: str, headers: Headers, body: Json | None = None) -> Json:
    """Return the JSON of a successful answer; raises Refused for any other.

    Asks up to 4 times while the answer is "later", or none, provided that asking twice cannot do anything twice: GET
    and DELETE cannot, nor can a POST with an Idempotency-Key, which stays the same on every try.
    """
    repeatable = method in {"GET", "DELETE"} or "Idempotency-Key" in headers
    for attempt in range(TRIES):
        request_id = str(uuid4())
        status, retry_after, answer = send(method, url, headers | {"X-Request-Id": request_id}, body)
        if 200 <= status < 300:
            return answer
        wait = pause(status, retry_after, attempt)
        if not repeatable or wait is None or attempt == TRIES - 1:
            break
        time.sleep(wait)
    raise Refused(status, answer, request_id)


def send(method: str, url: str, headers: Headers, body: Json | None) -> tuple[int, str | None, Json]:
    """Send once; return the status, Retry-After and the JSON of the answer. Without an answer the status is 0."""
    content = None if body is None else json.dumps(body).encode()
    asked = Request(url, content, headers | {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(asked, timeout=SECONDS) as answer:
            return answer.status, None, json.load(answer)
    except HTTPError as refusal:
        with refusal:
            text = refusal.read()
        is_json = "json" in refusal.headers.get_content_type()
        return refusal.code, refusal.headers["Retry-After"], json.loads(text) if is_json else {}
    except OSError as silence:
        return NO_ANSWER, None, {"code": "NO_ANSWER", "message": str(silence)}


def pause(status: int, retry_after: str | None, attempt: int) -> float | None:
    """Return after how many seconds to ask again, or None when that would not help."""
    said = int(retry_after) if retry_after and retry_after.isdecimal() else None
    if status not in LATER | {NO_ANSWER} or (status == 409 and said is None):
        return None
    seconds = 2**attempt if said is None else said
    # Up to a second of chance, so that a crowd that was refused together does not come back together.
    return seconds + random.random() if seconds <= LONGEST_WAIT else None


def items(url: str, headers: Headers, limit: int) -> Iterator[Json]:
    """Yield every item of a list, fetching page after page; a page holds at most 100."""
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = request("GET", f"{url}?{urlencode(query)}", headers)["data"]
        yield from page["items"]
        if not page["hasMore"]:
            return
        query["cursor"] = page["nextCursor"]


def environment() -> dict[str, str]:
    """Read the addresses and keys that `make up` wrote, lines like: export NAME='value'."""
    path = Path(os.environ.get("ENV_FILE") or Path(__file__).resolve().parent.parent / ".local" / "env")
    if not path.exists():
        sys.exit(f"There is no {path}. Run `make up` first.")
    return dict(word.split("=", 1) for word in shlex.split(path.read_text("utf-8")) if word != "export")


def sign_in(env: dict[str, str]) -> Headers:
    """Return the header with which a person acts. The token in it lives 15 minutes."""
    email = os.environ.get("MAINSTAY_EMAIL", "ada@example.com")
    password = os.environ.get("MAINSTAY_PASSWORD", "Mainstay-seed-1")
    url = f"{env['SUPABASE_URL']}/auth/v1/token?grant_type=password"
    answer = request("POST", url, {"apikey": env["SUPABASE_PUBLISHABLE_KEY"]}, {"email": email, "password": password})
    return {"Authorization": f"Bearer {answer['access_token']}"}


def main() -> None:
    """Make a key, use it, revoke it."""
    env = environment()
    keys = f"{env['FUNCTIONS_URL']}/auth/api-keys"
    person = sign_in(env)

    wanted = {"name": "example in Python", "scopes": ["api-keys:read"]}
    made = request("POST", keys, person | {"Idempotency-Key": str(uuid4())}, wanted)["data"]
    print(f"made      {made['lookup']}")
    try:
        program = {"X-API-Key": made["key"]}
        me = request("GET", f"{env['FUNCTIONS_URL']}/auth/whoami", program)["data"]
        print(f"who am I  {me['kind']} of organization {me['orgId']}, may {' '.join(me['scopes'])}")
        for limit in me["limits"]:
            print(f"limit     {limit['name']}: {limit['left']} of {limit['quantity']} left")
        for key in items(keys, program, limit=2):
            print(f"key       {key['lookup']}  {key['name']}{' (revoked)' if key['revokedAt'] else ''}")
    finally:
        request("DELETE", f"{keys}/{made['id']}", person)
        print(f"revoked   {made['lookup']}")


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except Refused as refused:
        sys.exit(str(refused))
    except BrokenPipeError:
        # Whoever read this has had enough, as head does; what Python writes in the end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
