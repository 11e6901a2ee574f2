"""Downsampling keeps what a plot shows."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plots.downsample import downsample

values = st.one_of(st.integers(1, 50).map(float), st.just(math.nan))
steps = st.sampled_from([0.0, 0.5, 1.0, 300.0])


@given(st.lists(st.tuples(steps, values), min_size=1, max_size=300), st.integers(1, 12))
def test_downsample_keeps_ends_and_extremes(
    points: list[tuple[float, float]], periods: int
) -> None:
    moments = np.cumsum([step for step, _ in points])
    ranks = np.array([value for _, value in points])
    kept = downsample(moments, ranks, periods)
    assert kept[0] == 0
    assert kept[-1] == len(points) - 1
    assert (np.diff(kept) > 0).all()
    assert len(kept) <= max(4 * periods, 1)
    if not np.isnan(ranks).all():
        assert np.nanmin(ranks[kept]) == np.nanmin(ranks)
        assert np.nanmax(ranks[kept]) == np.nanmax(ranks)


@given(st.lists(values, max_size=40))
def test_downsample_keeps_all_of_few_points(ranks: list[float]) -> None:
    kept = downsample(np.arange(len(ranks), dtype=float), np.array(ranks), 10)
    assert kept.tolist() == list(range(len(ranks)))


def test_downsample_keeps_the_extremes_of_each_period() -> None:
    ranks = np.array([5.0, 9, 2, 5, 5, 5, 7, 1, 5, 5, 5, 5])
    kept = downsample(np.arange(12.0), ranks, 2)
    assert kept.tolist() == [0, 1, 2, 5, 6, 7, 11]
