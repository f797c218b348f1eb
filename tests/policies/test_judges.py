"""What every judge finds in the database as it is: nothing."""

import pytest

from tests.policies.court import Court
from tests.policies.judges import ALL


@pytest.mark.parametrize("name", ALL)
def test_all_is_as_it_should_be(court: Court, name: str) -> None:
    with court.hearing():
        assert list(ALL[name](court)) == []
