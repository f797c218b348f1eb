"""Rules of the house that the catalogue can prove, each by its name."""

import pytest

from tests.policies.court import Court
from tests.policies.rules import RULES


@pytest.mark.parametrize(("claim", "offenders"), RULES)
def test_of_every(court: Court, claim: str, offenders: str) -> None:
    with court.hearing():
        found = [row[0] for row in court.connection.execute(offenders.encode()).fetchall()]
    assert not found, f"{claim}: {found}"
