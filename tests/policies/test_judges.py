"""What every judge finds in the database as it is: nothing."""

import pytest

from tests.policies.court import Court
from tests.policies.judges import BEHAVIOUR


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_all_is_as_it_should_be(court: Court, name: str) -> None:
    with court.hearing():
        assert list(BEHAVIOUR[name](court)) == []
