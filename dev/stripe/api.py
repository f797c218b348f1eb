"""The API: from a request to an answer, in the order in which Stripe looks at things."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from dev.stripe import answers, contract, faults, form, routing, rules, versions
from dev.stripe.account import PIN, Account
from dev.stripe.events import Cause, copy
from dev.stripe.expansion import expand
from dev.stripe.faults import Fault, Faults, NoAnswer
from dev.stripe.idempotency import Keys
from dev.stripe.refusal import Refused
from dev.stripe.replies import Question, Reply
from dev.stripe.route import Route
from dev.stripe.shapes import Object

Sleep = Callable[[float], object]
KEY = re.compile(r"(?:sk|rk)_(test|live)_\w+\Z")
VERSION = re.compile(r"\d{4}-\d\d-\d\d(\.[a-z]+)?\Z")


@dataclass
class Seen:
    """One request as it was answered, for tests that count."""

    method: str
    path: str
    status: int
    idempotency_key: str | None


class Api:
    """One account's API. `checks` holds every answer against the SDK's classes and raises if it does not fit."""

    def __init__(self, account: Account, *, checks: bool = False) -> None:
        self.account = account
        self.checks = checks
        self.faults = Faults()
        self.keys = Keys(account.clock)
        self.seen: list[Seen] = []
        self.lock = RLock()
        self.sleep: Sleep = time.sleep

    def answer(self, question: Question) -> Reply:
        """Answer one request. Raises NoAnswer where the connection is to break."""
        with self.lock:
            fault = self.faults.take(question.method, question.path)
            if fault is None or fault.kind != "slow":
                return self.answer_with(question, fault)
            self.hold(question)
        self.sleep(fault.seconds)
        with self.lock:
            self.release(question)
            return self.answer_with(question, None)

    def hold(self, question: Question) -> None:
        """Have the request's key in use, as while a slow request is worked on."""
        if key := question.headers.get("idempotency-key"):
            self.keys.begin(key, _fingerprint(question))

    def release(self, question: Question) -> None:
        """End that."""
        if key := question.headers.get("idempotency-key"):
            self.keys.finish(key, _NOTHING, kept=False)

    def answer_with(self, question: Question, fault: Fault | None) -> Reply:
        """Answer a request that meets this fault."""
        request_id = self.account.identifiers.make("req", 14)
        key = question.headers.get("idempotency-key") if question.method == "POST" else None
        reply = self._once(question, request_id, key, fault)
        self.seen.append(Seen(question.method, question.path, reply.status, key))
        if fault and fault.kind == "lost":
            raise NoAnswer
        return reply

    def _once(self, question: Question, request_id: str, key: str | None, fault: Fault | None) -> Reply:
        """Do the work, unless its key says that it was done."""
        begun = False
        try:
            if fault and fault.kind != "500":
                faults.raise_before(fault)
            self._admit(question)
            if key:
                again = self.keys.begin(key, _fingerprint(question))
                if again:
                    return again
                begun = True
            reply, kept = self._work(question, request_id, key, fault), True
        except Refused as refused:
            reply, kept = self._refuse(question, refused, request_id), refused.kept
        except BaseException:
            if key and begun:
                self.keys.finish(key, _NOTHING, kept=False)
            raise
        if key and begun:
            self.keys.finish(key, reply, kept=kept)
        return reply

    def _admit(self, question: Question) -> None:
        """Look at the key and the version."""
        scheme, _, given = question.headers.get("authorization", "").partition(" ")
        matched = KEY.match(given.strip()) if scheme == "Bearer" else None
        if not matched:
            shown = f"Invalid API Key provided: {given[:7]}****" if given else "You did not provide an API key."
            raise Refused(shown, status=401, kept=False)
        if (matched[1] == "live") != self.account.settings.livemode:
            raise Refused(f"Invalid API Key provided: {given[:7]}****", status=401, kept=False)
        version = question.headers.get("stripe-version", PIN)
        if not VERSION.match(version) or version > PIN:
            raise Refused(f"Invalid Stripe API version: {version}", kept=False)

    def _work(self, question: Question, request_id: str, key: str | None, fault: Fault | None) -> Reply:
        if fault and fault.kind == "500":
            faults.raise_before(fault)
        route, ids = self._route(question)
        params = contract.read(route.takes, form.decode(question.form))
        rules.check(self.account, route.operation, params)
        paths = params.pop("expand", [])
        self.account.events.cause = Cause(request_id, key)
        try:
            thing = route.action(self.account, *ids, params)
        finally:
            self.account.events.cause = Cause()
        if fault and fault.kind == "500_after":
            raise Refused("An unknown error occurred.", status=500, kind="api_error")
        answer = expand(self.account, copy(thing), paths) if paths else thing
        return self._reply(question, route, answer, request_id)

    @staticmethod
    def _route(question: Question) -> tuple[Route, list[str]]:
        found = routing.find(question.method, question.path.removeprefix("/v1/").rstrip("/"))
        if found is None or not question.path.startswith("/v1/"):
            raise Refused(
                f"Unrecognized request URL ({question.method}: {question.path}). Please see "
                "https://stripe.com/docs or we can help at https://support.stripe.com/.",
                status=404,
                kept=False,
            )
        return found

    def _reply(self, question: Question, route: Route, answer: Object, request_id: str) -> Reply:
        if self.checks:
            answers.require_sound(answer, f"{route.method} {question.path}")
        version = question.headers.get("stripe-version", PIN)
        shown = versions.render(copy(answer), version) if versions.is_old(version) else answer
        return self._send(question, 200, shown, request_id)

    def _refuse(self, question: Question, refused: Refused, request_id: str) -> Reply:
        return self._send(question, refused.status, refused.body(request_id), request_id, refused.headers)

    @staticmethod
    def _send(
        question: Question,
        status: int,
        body: Object,
        request_id: str,
        further: dict[str, str] | None = None,
    ) -> Reply:
        headers = {
            "Content-Type": "application/json",
            "Request-Id": request_id,
            "Stripe-Version": question.headers.get("stripe-version", PIN),
        }
        if key := question.headers.get("idempotency-key"):
            headers["Idempotency-Key"] = key
        return Reply(status, json.dumps(body, indent=None).encode(), headers | (further or {}))


_NOTHING = Reply(0, b"", {})


def _fingerprint(question: Question) -> str:
    return hashlib.sha256(f"{question.method} {question.path}\n{question.body}".encode()).hexdigest()
