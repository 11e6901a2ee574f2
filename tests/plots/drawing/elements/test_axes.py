"""Which ranks and moments are written at the axes, and how ranks are spaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plots.drawing.elements.rank_axis import is_logarithmic, rank_range, rank_ticks
from plots.drawing.elements.time_axis import time_ticks

moments = st.datetimes(datetime(2011, 1, 1), datetime(2039, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("best", "worst", "logarithmic"),
    [(1, 1, False), (1, 30, False), (3, 31, True), (4, 900, True), (200, 1500, False)],
)
def test_far_apart_ranks_are_spaced_logarithmically(
    best: int, worst: int, logarithmic: bool
) -> None:
    assert is_logarithmic(best, worst) is logarithmic


@pytest.mark.parametrize(
    ("ranks", "edges", "shown"),
    [
        ([300, 400], (12, 72, 144), (300, 400)),
        ([150, 200], (12, 72, 144), (136, 200)),
        ([20, 25], (12, 72, 144), (11, 25)),
        ([1, 2], (12, 72, 144), (1, 2)),
        ([60, 68], (12, 72, 144), (60, 72)),
        ([], (), (1, 1)),
    ],
)
def test_near_medal_threshold_is_shown(
    ranks: list[int], edges: tuple[int, ...], shown: tuple[int, int]
) -> None:
    assert rank_range(ranks, edges) == shown


@given(st.integers(1, 100_000), st.integers(0, 100_000))
def test_rank_axis_has_two_to_five_ticks(best: int, more: int) -> None:
    low, high = max(best - 1.4, 0.5), best + more + 1.4
    for logarithmic in (False, True):
        ticks = rank_ticks(low, high, logarithmic=logarithmic)
        assert 2 <= len(ticks) <= 5
        assert all(low <= tick <= high for tick in ticks)
        assert ticks == sorted(set(ticks))


@given(moments, st.floats(60, 3.2e8))
def test_time_axis_has_at_most_four_ticks(start: datetime, seconds: float) -> None:
    end = start + timedelta(seconds=seconds)
    ticks = time_ticks(start, end)
    assert len(ticks) <= 4
    assert all(start <= tick <= end and not tick.second for tick in ticks)
    assert all(first < second for first, second in pairwise(ticks))
    assert ticks or seconds < 3600
