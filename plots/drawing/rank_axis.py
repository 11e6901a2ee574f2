"""The axis of ranks: better is up; logarithmic where the top would else be crushed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from leaderboards.history import RankAt
from leaderboards.medals import medal_places
from plots.drawing.numbers import short_number
from plots.drawing.sheet import SMALL, colour, text_style
from plots.drawing.ticks import write_beside
from plots.drawing.zones import ZONES

_NAME_HEIGHT = 30
"""Pixels that the name of a zone takes."""
_NAME_SHARE = 0.14
"""Of the width."""


def is_logarithmic(best: float, worst: float) -> bool:
    """Tell whether a logarithmic axis reads better.

    It does when the worst rank is ten times the best or more, and far enough down (beyond 30) that
    single places no longer matter there as they do at the top.
    """
    return worst > 30 and worst >= 10 * best


def rank_height(rank: int, best: int, worst: int) -> float:
    """Tell how far down a rank is between the best, at 0, and the worst, at 1."""
    if best == worst:
        return 0.5
    if is_logarithmic(best, worst):
        return math.log(rank / best) / math.log(worst / best)
    return (rank - best) / (worst - best)


def rank_range(ranks: Iterable[int], edges: Sequence[int] = ()) -> tuple[int, int]:
    """Give the best and the worst rank to show: all there are, and a medal's edge if it is near."""
    known = list(ranks) or [1]
    best, worst = min(known), max(known)
    near = max(worst - best, 4)
    above = max((edge for edge in edges if 0 < edge < best), default=best)
    below = min((edge for edge in edges if edge >= worst), default=worst)
    if 0 < best - above <= max(near, above):
        best = max(above - max(min(near, above) // 6, 1), 1)
    if below - worst <= max(near, worst // 4):
        worst = below
    return best, worst


def scale_ranks(axes: Axes, best: int, worst: int) -> None:
    """Set up the axis for these ranks."""
    logarithmic = is_logarithmic(best, worst)
    if logarithmic:
        axes.set_yscale("log")
        margin = (worst / best) ** 0.06
        low, high = max(best / margin, 0.85), worst * margin
    else:
        margin = max((worst - best) * 0.08, 1.4)
        low, high = max(best - margin, 0.5), worst + margin
    axes.set_ylim(high, low)
    ticks = rank_ticks(low, high, logarithmic=logarithmic)
    write_beside(axes, ticks, [short_number(rank) for rank in ticks])


def rank_ticks(low: float, high: float, *, logarithmic: bool) -> list[int]:
    """Choose two to five round ranks between two limits."""
    for steps in _step_choices(high, logarithmic=logarithmic):
        ticks = [rank for rank in steps if low <= rank <= high]
        if len(ticks) <= 5:
            return ticks if len(ticks) > 1 else sorted({*ticks, *_ends(low, high)})
    return _ends(low, high)


def _ends(low: float, high: float) -> list[int]:
    return [int(np.ceil(low)), int(np.floor(high))]


def _step_choices(high: float, *, logarithmic: bool) -> Iterator[list[int]]:
    """Give ever wider series of round ranks, each with the first place in it."""
    powers = [10**power for power in range(len(str(int(high))) + 1)]
    if logarithmic:
        for digits in ((1, 2, 5), (1, 3), (1,)):
            yield [power * digit for power in powers for digit in digits]
        yield powers[::2]
        return
    for power in powers:
        for digit in (1, 2, 5):
            step = power * digit
            if high / step < 1000:
                # Odd places, because the first one is one of them.
                start = 1 if step == 2 else step
                yield sorted({1, *range(start, int(high) + 1, step)})


def draw_medal_zones(axes: Axes, line: Sequence[RankAt], others: Sequence[RankAt] = ()) -> None:
    """Colour the zones in which a rank earns a medal, as they moved with the number of teams.

    The number is that of `line`; the names of the zones keep clear of it and of `others`.
    """
    start, end = axes.get_xlim()
    moments = [start, *(at.taken_at.timestamp() for at in line), end]
    places = [medal_places(at.team_count) for at in line]
    # A zone ends half a place below its last rank, so that the rank itself is inside.
    edges = np.array([places[0], *places, places[-1]], dtype=np.float64).T + 0.5
    high, low = axes.get_ylim()
    tops = [np.full(len(moments), low), *edges]
    for (name, rgb, strength), (top, bottom) in zip(ZONES, pairwise(tops), strict=True):
        axes.fill_between(
            moments,
            top,
            np.maximum(top, bottom),
            step="post",
            color=colour(rgb),
            alpha=strength,
            linewidth=0,
        )
        _name_zone(axes, name, rgb, (max(top[0], low), min(bottom[0], high)), [*line, *others])


def _name_zone(
    axes: Axes, name: str, rgb: int, zone: tuple[float, float], line: Sequence[RankAt]
) -> None:
    """Write the name into a zone that is high enough, where the line leaves room."""
    top, bottom = zone
    if bottom <= top:
        return
    to_pixels = axes.transData.transform
    (_, upper), (_, lower) = to_pixels([(0, top), (0, bottom)])
    if upper - lower < _NAME_HEIGHT:
        return
    seen = [(at.taken_at.timestamp(), at.rank) for at in line if at.rank is not None]
    across = axes.transAxes.inverted().transform(to_pixels(seen))[:, 0]
    beside = np.abs(to_pixels(seen)[:, 1] - (upper - _NAME_HEIGHT / 2)) < _NAME_HEIGHT
    clear = (
        place
        for place in (0, 0.42, 0.84)
        if not (beside & (across > place - 0.02) & (across < place + _NAME_SHARE)).any()
    )
    axes.annotate(
        name,
        (next(clear, 0), upper),
        xycoords=("axes fraction", "figure pixels"),
        xytext=(4, -3),
        textcoords="offset points",
        verticalalignment="top",
        **text_style(SMALL, rgb),
    )
