"""Our functions against their OpenAPI document: whatever is sent, every answer is one that the document describes."""

import os
import re
from collections import Counter
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, note, settings
from schemathesis import Case

from dev.stack import Stack
from tests.contract.conftest import Answering
from tests.contract.drawn import CALLERS, CONDITIONS, Conditions, cases, operations, settle
from tests.contract.promises import hold
from tests.contract.scene import STRANGERS, Scene
from tests.contract.sent import WRONG, Sent, write
from tests.contract.signatures import is_read, sign

CASES = int(os.environ.get("CASES", "2500"))
SEED = int(os.environ.get("SEED", "0"))
OPERATIONS = operations()
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"}
PROFILE = settings(
    max_examples=-(-CASES // len(OPERATIONS)),
    deadline=None,
    database=None,
    # Rows change from case to case, so that a smaller one need not fail as the first did.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def sent_by(scene: Scene, caller: str, case: Case[Any], stack: Stack) -> Sent:
    """Return the request with its caller's credentials; an owner's alert or event bears its signer's signature."""
    sent = write(case)
    signature = sign(sent, stack) if caller == "owner" else None
    if signature is None:
        return sent.plus(*scene.headers(caller))
    return sent.less(*signature).plus(*signature.items())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_one_that_the_document_describes(
    operation: Any, scene: Scene, answering: Answering, stack: Stack
) -> None:
    seen: Counter[int] = Counter()

    @hypothesis.seed(SEED)
    @PROFILE
    @hypothesis.given(cases(operation), CALLERS, CONDITIONS)
    def ask(case: Case[Any], caller: str, how: Conditions) -> None:
        if operation.label == "DELETE /auth/account":
            scene.replace(caller)
        if how.real:
            settle(case, scene, caller)
        sent = how.applied(sent_by(scene, caller, case, stack))
        note(f"{caller}, {how.odd or 'nothing odd'}: {sent}")
        answer = answering(sent)
        note(f"{answer.status} {answer.headers} {answer.body[:2000]!r}")
        seen[answer.status] += 1
        # What is signed is so whatever was drawn for its signature, and its signer decides about its address.
        read = is_read(sent)
        stranger = caller in STRANGERS and operation.definition.raw["x-guarded"]
        refused = stranger or (how.odd in WRONG and read)
        hold(case, sent, answer, refused=refused, as_drawn=how.odd is None and read)

    ask()
    assert any(status < 300 for status in seen), f"it never succeeded: {seen}"


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
def test_a_path_takes_the_methods_that_the_document_names_and_no_other(path: str, answering: Answering) -> None:
    named = {operation.method.upper() for operation in OPERATIONS if operation.path == path}
    allowed = named | {"OPTIONS"} | ({"HEAD"} if "GET" in named else set())
    place = re.sub(r"{\w*id}", "f47ac10b-58cc-4372-a567-0e02b2c3d479", f"/functions/v1{path}")
    for method in {"OPTIONS"} | (METHODS - allowed):
        answer = answering(Sent(method, place, "", (), b""))
        assert answer.status == (204 if method == "OPTIONS" else 405)
        assert set(answer.headers["allow"].split(", ")) == allowed


NOWHERE = ["", "/", "/nothing", "/auth", "/auth/api-keys/", "/auth/api-keys/x", "/docs/x", "/%00", "/%2e%2e"]


@pytest.mark.parametrize("path", NOWHERE)
def test_what_the_document_does_not_name_is_not_found(path: str, answering: Answering) -> None:
    answer = answering(Sent("GET", f"/functions/v1{path}", "", (), b""))
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
