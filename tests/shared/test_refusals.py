import json

import pytest

from shared.errors import Problem
from shared.refusals import problem_of
from shared.reply import Reply

TABLE = """
42501     401 -> 403 AUTHORIZATION_ERROR
23505     409 -> 409 CONFLICT
23503     409 -> 409 CONFLICT
23514     400 -> 400 VALIDATION_ERROR
22P02     400 -> 400 VALIDATION_ERROR
22001     400 -> 400 VALIDATION_ERROR
57014     500 -> 504 UPSTREAM_TIMEOUT
40P01     500 -> 503 UNAVAILABLE
55P03     500 -> 503 UNAVAILABLE
53300     503 -> 503 UNAVAILABLE
PGRST000  503 -> 503 UNAVAILABLE
PGRST003  504 -> 503 UNAVAILABLE
PGRST202  404 -> 503 UNAVAILABLE
PGRST205  404 -> 503 UNAVAILABLE
PGRST301  401 -> 401 AUTHENTICATION_ERROR
PGRST302  401 -> 401 AUTHENTICATION_ERROR
PGRST303  401 -> 401 AUTHENTICATION_ERROR
PGRST116  406 -> 500 INTERNAL_ERROR
XX000     500 -> 500 INTERNAL_ERROR
P0001     400 -> 500 INTERNAL_ERROR
PT400     400 -> 400 VALIDATION_ERROR
PT401     401 -> 401 AUTHENTICATION_ERROR
PT402     402 -> 402 PAYMENT_REQUIRED
PT403     403 -> 403 AUTHORIZATION_ERROR
PT404     404 -> 404 NOT_FOUND
PT409     409 -> 409 CONFLICT
PT422     422 -> 422 IDEMPOTENCY_MISMATCH
PT429     429 -> 429 RATE_LIMITED
PT503     503 -> 503 UNAVAILABLE
PT418     418 -> 500 INTERNAL_ERROR
"""


def refused(code: str, status: int, **members: object) -> Problem:
    return problem_of(
        Reply(status, {}, json.dumps({"code": code, "message": "Postgres's own words", **members}).encode())
    )


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_a_refusal_is_translated_by_its_code(row: str) -> None:
    code, status, _, expected, name = row.split()
    problem = refused(code, int(status))
    assert (problem.status, problem.code) == (int(expected), name)
    if not code.startswith("PT4") or problem.status >= 500:
        assert "Postgres's" not in problem.message
        assert "Postgres's" in (problem.cause or "")


@pytest.mark.parametrize("code", ["23514", "23502", "22001"])
def test_a_refusal_that_names_no_field_does_not_speak_of_details(code: str) -> None:
    problem = refused(code, 400)
    assert (problem.details, "details" in problem.message) == ([], False)


def test_our_own_refusals_keep_their_sentence_and_their_fields() -> None:
    details = [{"field": "name", "problem": "is taken"}]
    problem = refused("PT409", 409, message="Choose another name.", details=json.dumps(details))
    assert (problem.message, problem.details) == ("Choose another name.", details)


@pytest.mark.parametrize("details", [None, "text", "{}", '["a"]', '[{"field": "a"}]', 7])
def test_details_of_another_form_are_left_out(details: object) -> None:
    assert refused("PT409", 409, details=details).details == []


def test_what_the_gate_says_to_operators_is_not_for_callers() -> None:
    problem = refused("PT503", 503, message="The function key of auth is unknown.")
    assert "function key" not in problem.message
    assert problem.headers["Retry-After"]


@pytest.mark.parametrize(("code", "hint"), [("PT401", "X-Function-Key"), ("PT403", "X-Act-As")])
def test_our_own_function_refused_by_the_gate_is_not_the_caller_s_fault(code: str, hint: str) -> None:
    assert refused(code, 401, message="for operators", hint=hint).status == 503
    assert refused(code, 401, message="for callers", hint="Authorization").message == "for callers"


def test_a_limit_says_when_to_come_back_and_a_challenge_is_given() -> None:
    assert refused("PT429", 429).headers["Retry-After"] == "1"
    assert "WWW-Authenticate" in refused("PGRST303", 401).headers


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"[" * 100_000])
def test_a_gateway_that_answers_for_the_database_is_unavailable(body: bytes) -> None:
    assert problem_of(Reply(502, {}, body)).status == 503
    assert problem_of(Reply(404, {}, body)).status == 500
