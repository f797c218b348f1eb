import json
from typing import Any

import pytest

from shared import errors
from shared.app import build
from shared.endpoint import Call, Endpoint
from shared.errors import Problem
from shared.limits import Limit
from tests.shared.asgi import Answer, ask
from tests.shared.sample import ALWAYS, SETTINGS


def kinds(root: type[Problem] = Problem) -> list[type[Problem]]:
    return [each for kind in root.__subclasses__() for each in (kind, *kinds(kind))]


def answer_to(problem: Problem, *headers: tuple[str, str]) -> Answer:
    def fail(_: Call) -> dict[str, Any]:
        raise problem

    return ask(build([Endpoint("GET", "/x", fail)], settings=lambda: SETTINGS), "GET", "/x", headers)


def test_every_code_is_one_kind_s_own() -> None:
    # A module may tell a kind of its own apart; it is answered as the one of ours that it is made of.
    theirs = [kind for kind in kinds() if kind.__module__ != errors.__name__]
    assert not [kind for kind in theirs if "code" in vars(kind) or "status" in vars(kind)]
    codes = [kind.code for kind in kinds() if kind not in theirs]
    assert len(codes) == len(set(codes)) == 16
    assert errors.Unexpected.code == Problem.code


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_answered_in_both_forms(kind: type[Problem]) -> None:
    plain = answer_to(kind())
    told = plain.json()
    assert (plain.status, told["success"]) == (kind.status, False)
    assert told["error"] == {"code": kind.code, "message": kind.says}
    assert told["requestId"] == plain.headers["x-request-id"]
    assert ALWAYS.items() <= plain.headers.items()
    asked = answer_to(kind(), ("Accept", "application/problem+json"))
    problem = asked.json()
    assert asked.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"], problem["detail"]) == (kind.status, kind.code, kind.says)
    assert problem["type"] == f"/functions/v1/docs#{kind.code}"


@pytest.mark.parametrize("kind", [errors.RateLimited, errors.Unavailable, errors.InProgress])
def test_who_may_come_back_is_told_when(kind: type[Problem]) -> None:
    assert int(answer_to(kind()).headers["retry-after"]) >= 1


def test_a_refusal_for_a_limit_names_it() -> None:
    problem = errors.RateLimited(retry_after=20)
    problem.limits = (Limit("burst", 100, 60, 40, 36, 0), Limit("checkout", 3, 60, 0, 60, 20))
    answer = answer_to(problem, ("Accept", "application/problem+json"))
    assert json.loads(answer.body)["violated-policies"] == ["checkout"]
    assert answer.headers["ratelimit"] == '"checkout";r=0;t=20'
    assert answer.headers["ratelimit-policy"] == '"burst";q=100;w=60, "checkout";q=3;w=60'
    assert [answer.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["3", "0", "20"]
    assert answer.headers["retry-after"] == "20"
