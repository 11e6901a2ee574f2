import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.forecast.counts import CountDistributions

MEANS = st.lists(st.floats(0.001, 5000), min_size=1, max_size=20)


def distributions(means: list[float], excess: float = 0) -> CountDistributions:
    """Return distributions that are as wide as Poisson's, or wider by a share of the mean."""
    mean = np.array(means)
    return CountDistributions.from_moments(mean, mean + (excess * mean) ** 2)


def test_probabilities_are_near_those_of_a_poisson_count() -> None:
    few = distributions([2.0] * 6).find_probability(np.arange(-1, 5))
    assert few == pytest.approx([0, 0.135, 0.406, 0.677, 0.857, 0.947], abs=0.05)


@given(MEANS, st.floats(0, 0.5), st.sampled_from([0.1, 0.5, 0.9]))
def test_no_other_count_is_nearer(means: list[float], excess: float, probability: float) -> None:
    counts = distributions(means, excess)
    nearest = counts.find_nearest(probability)
    assert (nearest >= -1).all()
    error = np.abs(counts.find_probability(nearest) - probability)
    for other in (nearest - 1, nearest + 1):
        other_error = np.abs(counts.find_probability(other) - probability)
        assert (error <= other_error + 1e-9).all()


@given(MEANS, st.floats(0, 0.5))
def test_half_of_the_time_it_is_more_than_the_median(means: list[float], excess: float) -> None:
    counts = distributions(means, excess)
    assert (counts.find_probability(counts.median) >= 0.5 - 1e-3).all()
    assert (counts.find_probability(counts.median - 1) <= 0.5 + 1e-3).all()
