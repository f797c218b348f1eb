from typing import Any
from uuid import uuid4

import pytest

from shared.app import build
from shared.endpoint import Call, Endpoint
from shared.errors import Conflict
from shared.once import once
from shared.principal import NOBODY
from tests.shared.asgi import Answer, ask
from tests.shared.upstream import Say, Upstream

TOKEN = str(uuid4())
CLAIMED = {"replay": False, "token": TOKEN}


class Work:
    """Something outside the database; `fails` makes it fail."""

    done, fails = 0, False

    def __call__(self) -> dict[str, Any]:
        if self.fails:
            raise Conflict("It is sold out.")
        self.done += 1
        return {"number": self.done}


@pytest.fixture
def work() -> Work:
    return Work()


def post(work: Work, *headers: tuple[str, str]) -> Answer:
    def body(call: Call) -> dict[str, Any]:
        return once(call, endpoint, work)

    endpoint = Endpoint("POST", "/orders", body, NOBODY, status=201, idempotent=True)
    return ask(build([endpoint]), "POST", "/orders", headers)


KEY = ("Idempotency-Key", "a-key-of-a-client")
pytestmark = pytest.mark.usefixtures("environment")


def test_work_is_claimed_done_and_kept(upstream: Upstream, work: Work) -> None:
    upstream.script = [Say(CLAIMED), Say(True)]  # noqa: FBT003 - what Postgres answers
    assert post(work, KEY).json()["data"] == {"number": 1}
    claim, finish = upstream.asked
    assert claim.json() == {"route": "POST /orders", "lease_seconds": 30}
    assert claim.headers["x-idempotency"] == finish.headers["x-idempotency"]
    assert KEY[1] not in str(claim.headers)
    assert finish.json() == {"route": "POST /orders", "token": TOKEN, "status": 201, "answer": {"number": 1}}


def test_a_repeat_is_answered_without_work(upstream: Upstream, work: Work) -> None:
    upstream.script = [Say({"replay": True, "status": 201, "answer": {"number": 7}})]
    answer = post(work, KEY)
    assert (answer.json()["data"], answer.headers["idempotent-replayed"], work.done) == ({"number": 7}, "true", 0)


def test_failed_work_gives_its_claim_up(upstream: Upstream, work: Work) -> None:
    work.fails = True
    upstream.script = [Say(CLAIMED), Say(True)]  # noqa: FBT003 - as above
    assert post(work, KEY).message == "It is sold out."
    assert upstream.asked[1].path.endswith("/idempotency_release")


def test_who_lost_the_claim_does_not_answer(upstream: Upstream, work: Work) -> None:
    upstream.script = [Say(CLAIMED), Say(False)]  # noqa: FBT003 - as above
    assert post(work, KEY).code == "IDEMPOTENCY_IN_PROGRESS"


def test_without_a_key_nobody_is_asked(upstream: Upstream, work: Work) -> None:
    assert post(work).status == 201
    assert upstream.asked == []


def test_an_answer_in_another_shape_is_not_taken(upstream: Upstream, work: Work) -> None:
    upstream.script = [Say(["claimed"])]
    assert (post(work, KEY).status, work.done) == (502, 0)
