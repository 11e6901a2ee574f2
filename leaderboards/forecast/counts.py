"""Distributions of whole numbers of which only the mean and the variance are known.

Each is approximated by a gamma distribution, whose quantiles are those of Wilson and Hilferty. With
the usual continuity correction, a count stands for the interval from half below to half above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from leaderboards.board import Integers, Reals

_DEVIATES = np.linspace(-5, 5, 1001)
_PROBABILITIES = np.array([NormalDist().cdf(deviate) for deviate in _DEVIATES.tolist()])


@dataclass(frozen=True, slots=True, eq=False)
class CountDistributions:
    """One distribution for each mean, none of which is 0."""

    mean: Reals
    shape: Reals
    """Of the gamma distribution."""

    @classmethod
    def from_moments(cls, mean: Reals, variance: Reals) -> CountDistributions:
        """Return the distributions with these means and variances."""
        return cls(mean, mean**2 / variance)

    @property
    def median(self) -> Integers:
        """The counts that are as likely too high as too low."""
        median: Integers = np.rint(self._find_quantile(0)).astype(np.int64)
        return median

    def find_probability(self, counts: Integers) -> Reals:
        """Return how probable it is that each count is not exceeded."""
        root = np.cbrt((np.maximum(counts, 0) + 0.5) / self.mean)
        deviates = (root - 1 + 1 / (9 * self.shape)) * 3 * np.sqrt(self.shape)
        probability: Reals = np.interp(deviates, _DEVIATES, _PROBABILITIES)
        return np.where(counts < 0, 0, probability)

    def find_nearest(self, probability: float) -> Integers:
        """Return the counts, -1 or more, whose `find_probability` is nearest to a probability."""
        quantile = self._find_quantile(NormalDist().inv_cdf(probability))
        lower: Integers = np.floor(quantile - 0.5).astype(np.int64)
        middle = (self.find_probability(lower) + self.find_probability(lower + 1)) / 2
        return lower + (middle < probability)

    def _find_quantile(self, deviate: float) -> Reals:
        """Return the quantiles at a deviate of the standard normal distribution."""
        root = 1 - 1 / (9 * self.shape) + deviate / (3 * np.sqrt(self.shape))
        quantile: Reals = self.mean * np.maximum(root, 0) ** 3
        return quantile
