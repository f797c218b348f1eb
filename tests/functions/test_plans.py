from typing import Any

import pytest

from shared.admission import admit
from shared.app import build
from shared.endpoint import Call, Endpoint
from shared.principal import PERSON
from tests.functions.deployed import Ask
from tests.world import World


def report(_: Call) -> dict[str, Any]:
    return {"report": "long"}


APP = build([Endpoint("GET", "/reports", report, PERSON, plan="pro")], admit=admit)


def test_a_plan_that_does_not_include_it_is_told_which_does(ask: Ask, world: World) -> None:
    person = world.person()
    answer = ask(APP, "GET", "/reports", person)
    assert (answer.status, answer.code) == (402, "PAYMENT_REQUIRED")
    assert "pro" in answer.message
    assert '"burst"' in answer.headers["ratelimit"]


@pytest.mark.parametrize(("plan", "status"), [("free", 402), ("pro", 200), ("enterprise", 200)])
def test_the_best_plan_of_a_person_s_organizations_counts(ask: Ask, world: World, plan: str, status: int) -> None:
    person = world.person()
    organization = world.organization(person)
    world.run("insert into private.organization_plans (org_id, plan) values (%s, %s)", organization, plan)
    assert ask(APP, "GET", "/reports", person).status == status
