"""At which hours of the day more teams come in, counted from the history log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from leaderboards.board import Reals
from leaderboards.history.moves import Moves

RHYTHM_WINDOW = timedelta(days=7)
"""How far back teams are counted, so that each day of the week is in it."""

_DAY, _PARTS = 24, 8
_PART_HOURS = _DAY / _PARTS
_HOUR = 3600
_PRIOR = 6
"""Teams added to each part of the day, as if they had come evenly: where few come in, their hours
are chance."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How much faster teams come in at some hours of the day than on average."""

    factors: tuple[float, ...] = (1.0,) * _PARTS
    """Of each three hours of the day in UTC."""
    hour: float = 0
    """The hour of the day that it is now."""

    def to_usual_hours(self, start: float, end: float) -> float:
        """Return how many hours of the average pace the time from `start` to `end` is worth.

        Both are hours from now.
        """
        return self._add_up(self.hour + end) - self._add_up(self.hour + start)

    def _add_up(self, hours: float) -> float:
        """Return how many hours of the average pace the first `hours` after midnight are worth."""
        days, hour = divmod(hours, _DAY)
        whole_parts, rest = divmod(hour, _PART_HOURS)
        weight = sum(self.factors[: int(whole_parts)]) * _PART_HOURS
        # For a tiny negative number, divmod returns a whole day.
        weight += rest * self.factors[int(whole_parts) % _PARTS]
        return days * sum(self.factors) * _PART_HOURS + weight


EVEN = Rhythm()


def measure_rhythm(log: Sequence[Moves], until: int, since: int = 0) -> Rhythm:
    """Count when teams came into the better half of the board, between two Unix seconds.

    The log is oldest first. Teams that came in between two syncs are spread evenly over that time.
    """
    times = np.concatenate([np.array(moves.taken_at, dtype=np.int64) for moves in log])
    counts = np.concatenate([_count_better_half(moves) for moves in log])
    times, counts = np.append(times, until), np.append(counts[1:], 0)
    is_counted = (times[:-1] >= since) & (np.diff(times) > 0)
    starts, ends, counts = times[:-1][is_counted], times[1:][is_counted], counts[is_counted]
    hour = until % (_DAY * _HOUR) / _HOUR
    if not counts.sum():
        return Rhythm(hour=hour)
    # Where parts of the day begin, the time between two syncs is cut.
    part = int(_PART_HOURS * _HOUR)
    cuts = np.arange(starts[0] // part * part, until + part, part)
    edges = np.unique(np.concatenate([starts, ends, cuts]))
    pieces, middles = np.diff(edges), (edges[:-1] + edges[1:]) / 2
    gap = np.clip(np.searchsorted(starts, middles, side="right") - 1, 0, None)
    lengths: Reals = np.where((starts[gap] < middles) & (middles < ends[gap]), pieces, 0)
    parts = (middles // part).astype(np.int64) % _PARTS
    came = np.bincount(parts, lengths * (counts / (ends - starts))[gap], _PARTS)
    expected = np.bincount(parts, lengths, _PARTS) * counts.sum() / lengths.sum()
    return Rhythm(tuple(((came + _PRIOR) / (expected + _PRIOR)).tolist()), hour)


def _count_better_half(moves: Moves) -> Reals:
    """Return for each sync how many teams came into the better half."""
    syncs = np.repeat(np.arange(len(moves)), moves.taken_counts)
    is_better = np.array(moves.taken) < np.array(moves.team_counts)[syncs] / 2
    counts: Reals = np.bincount(syncs[is_better], minlength=len(moves)).astype(np.float64)
    return counts
