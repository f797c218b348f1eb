import random
from bisect import bisect_left

import pytest

from shared.histogram import BOUNDS, SLOTS, quantile, slot_of


def counted(durations: list[float]) -> list[int]:
    counts = [0] * SLOTS
    for seconds in durations:
        counts[slot_of(seconds)] += 1
    return counts


def test_a_bound_belongs_to_the_bucket_below_it() -> None:
    assert [slot_of(0.0), slot_of(0.005), slot_of(0.0051), slot_of(10.0), slot_of(10.1)] == [0, 0, 1, 13, 14]


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile(0.5, [0] * SLOTS) is None


def test_within_a_bucket_they_are_spread_evenly() -> None:
    counts = counted([0.2] * 10)
    assert quantile(0.5, counts) == pytest.approx(0.175)
    assert quantile(1.0, counts) == pytest.approx(0.25)


def test_what_took_longer_than_all_bounds_counts_as_the_last() -> None:
    assert quantile(0.99, counted([60.0] * 3)) == BOUNDS[-1]


def test_a_quantile_lies_in_the_bucket_of_the_true_one() -> None:
    draw = random.Random(11)  # noqa: S311 - no secret
    for _ in range(200):
        durations = sorted(draw.lognormvariate(-3, 1.5) for _ in range(draw.randint(1, 300)))
        for part in (0.5, 0.95, 0.99):
            told = quantile(part, counted(durations))
            assert told is not None
            true = durations[
                max(0, bisect_left([(n + 1) / len(durations) for n in range(len(durations))], part - 1e-9))
            ]
            assert slot_of(told) == min(slot_of(true), len(BOUNDS) - 1)
