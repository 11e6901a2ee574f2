"""How long each kind of picture takes to draw, from the values that it shows to the PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks import Effort
from benchmarks.figure import Figure
from leaderboards.board import Order
from plots.drawing import draw
from plots.pictures import (
    MOST_COMPARED,
    Comparison,
    Picture,
    RankHistory,
    RankLine,
    ScoreDistribution,
    Shaken,
    ShakeUp,
)
from tests.plots.pictures import history

_SNAPSHOTS = (2_880, 8_640, 25_920)
_MOST_MS = 400


def figures(effort: Effort) -> Iterator[Figure]:
    """Draw what grows with the snapshots, then what grows with the teams."""
    random = np.random.default_rng(1)
    ways = random.integers(-3, 4, (MOST_COMPARED, _SNAPSHOTS[-1])).cumsum(axis=1) % 900 + 1

    def line(number: int, snapshots: int) -> RankLine:
        ranks = ways[number, :snapshots].tolist()
        return RankLine.of(f"Team {number}", history(ranks, hours=1 / 12))

    def rank_history(snapshots: int) -> Picture:
        return RankHistory("Ada", "titanic", line(0, snapshots), medals=True)

    def comparison(snapshots: int) -> Picture:
        lines = tuple(line(number, snapshots) for number in range(MOST_COMPARED))
        return Comparison("titanic", lines, medals=True)

    def distribution(teams: int) -> Picture:
        scores = tuple(np.sort(random.normal(0.8, 0.05, teams))[::-1].tolist())
        rank = teams // 3
        return ScoreDistribution(
            "Ada", "titanic", rank, f"{scores[rank]:.5f}", scores, Order.HIGHER, medals=True
        )

    def shake_up(teams: int) -> Picture:
        pairs = enumerate((random.permutation(teams) + 1).tolist(), start=1)
        return ShakeUp("titanic", tuple(pairs), (Shaken("Ada", 7, 90),), medals=True)

    draw(rank_history(10))  # The first picture brings the fonts.
    snapshots = _SNAPSHOTS[:1] if effort.short else _SNAPSHOTS
    yield from _drawn("rank over time", rank_history, snapshots, effort)
    yield from _drawn("six compared", comparison, snapshots, effort)
    yield from _drawn("the spread of scores", distribution, effort.sizes, effort)
    yield from _drawn("the shake-up", shake_up, effort.sizes, effort)


def _drawn(
    what: str, picture: Callable[[int], Picture], sizes: tuple[int, ...], effort: Effort
) -> Iterator[Figure]:
    for size in sizes:
        shown, times = picture(size), []
        for _ in range(effort.rounds(9)):
            began = perf_counter()
            draw(shown)
            times.append((perf_counter() - began) * 1000)
        goal = _MOST_MS if size == sizes[-1] else None
        yield Figure(f"picture: {what}", median(times), "ms", size, goal)
