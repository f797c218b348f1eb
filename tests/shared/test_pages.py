from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import ValidationError
from shared.pages import Page, Position, position_of

POSITIONS = st.builds(Position, st.datetimes(timezones=st.just(UTC)), st.uuids())


@given(POSITIONS)
def test_a_cursor_leads_back_to_its_position(position: Position) -> None:
    assert position_of(position.cursor()) == position
    assert Page.read_query({"cursor": position.cursor()}).cursor == position.cursor()


@given(st.text())
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    try:
        position = position_of(text)
    except ValueError:
        return
    assert position.cursor() == text


@given(POSITIONS, st.integers(0, 31), st.sampled_from("+/= é"))
def test_a_cursor_has_one_spelling(position: Position, place: int, letter: str) -> None:
    cursor = position.cursor()
    with pytest.raises(ValueError, match="nextCursor"):
        position_of(cursor[:place] + letter + cursor[place + 1 :])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "9" * 30}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "f" + "_" * 31}, "cursor"),
        ({"offset": "1"}, "offset"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_field(query: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Page.read_query(query)
    assert [detail["field"] for detail in refused.value.details] == [field]


def test_a_page_has_twenty_rows_unless_asked() -> None:
    assert Page.read_query({}).limit == 20
    assert Page.read_query({"limit": "100"}).limit == 100


def test_the_filter_is_the_keyset_of_newest_first() -> None:
    position = Position(datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), UUID(int=1))
    assert position.beyond() == (
        'created_at.lt."2026-01-02T03:04:05.678901+00:00",'
        'and(created_at.eq."2026-01-02T03:04:05.678901+00:00",id.lt.00000000-0000-0000-0000-000000000001)'
    )
