"""Axis of ranks, best on top; logarithmic if the best ranks would be too close."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from leaderboards.history import RankPoint
from leaderboards.medals import medal_thresholds
from plots.drawing.elements.canvas import SMALL_SIZE, colour, text_style
from plots.drawing.elements.numbers import short_number
from plots.drawing.elements.ticks import set_y_ticks
from plots.drawing.elements.zones import ZONES, ZoneStyle

_NAME_HEIGHT = 40
"""Pixels that a zone's name needs."""
_NAME_WIDTH_SHARE = 0.2
"""The share of the width that a zone's name needs."""
_NAME_LEFTS = (0.0, 0.4, 0.8)
"""Where a zone's name can begin, as shares of the width; the first choice first."""


def format_rank_axis_label(name: str, arrow: str, axes: Axes) -> str:
    """Return the name of an axis of ranks, with an arrow to the better ones and with its scale."""
    scale = ", log scale" if axes.get_yscale() == "log" else ""
    return f"{name} (better {arrow}{scale})"


def is_logarithmic(best: float, worst: float) -> bool:
    """Return whether to use a logarithmic axis.

    That is where the worst rank is ten times the best or more, and far enough down (beyond 30) that
    single places no longer matter there as they do at the top.
    """
    return worst > 30 and worst >= 10 * best


def rank_height(rank: int, best: int, worst: int) -> float:
    """Return the position of a rank between the best, 0, and the worst, 1."""
    if best == worst:
        return 0.5
    if is_logarithmic(best, worst):
        return math.log(rank / best) / math.log(worst / best)
    return (rank - best) / (worst - best)


def rank_range(ranks: Iterable[int], edges: Sequence[int] = ()) -> tuple[int, int]:
    """Return the best and worst rank to show: all ranks, and a near medal threshold."""
    all_ranks = list(ranks) or [1]
    best, worst = min(all_ranks), max(all_ranks)
    near = max(worst - best, 4)
    above = max((edge for edge in edges if 0 < edge < best), default=best)
    below = min((edge for edge in edges if edge >= worst), default=worst)
    if 0 < best - above <= max(near, above):
        best = max(above - max(min(near, above) // 6, 1), 1)
    if below - worst <= max(near, worst // 4):
        worst = below
    return best, worst


def scale_ranks(axes: Axes, best: int, worst: int) -> None:
    """Set up the axis for a range of ranks."""
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
    set_y_ticks(axes, ticks, [short_number(rank) for rank in ticks])


def rank_ticks(low: float, high: float, *, logarithmic: bool) -> list[int]:
    """Return two to five round ranks within two limits."""
    for steps in _step_choices(high, logarithmic=logarithmic):
        ticks = [rank for rank in steps if low <= rank <= high]
        if len(ticks) <= 5:
            return ticks if len(ticks) > 1 else sorted({*ticks, *_outermost_ranks(low, high)})
    return _outermost_ranks(low, high)


def _outermost_ranks(low: float, high: float) -> list[int]:
    return [int(np.ceil(low)), int(np.floor(high))]


def _step_choices(high: float, *, logarithmic: bool) -> Iterator[list[int]]:
    """Yield wider and wider series of round ranks, each beginning with rank 1."""
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
                # From 1, not 2, in steps of 2: rank 1 is always a tick.
                start = 1 if step == 2 else step
                yield sorted({1, *range(start, int(high) + 1, step)})


def draw_medal_zones(
    axes: Axes,
    line: Sequence[RankPoint],
    others: Sequence[Sequence[RankPoint]] = (),
    blocked: tuple[float, float] | None = None,
) -> None:
    """Colour the medal zones, as they changed with the number of teams.

    The number of teams is that of `line`. The names of the zones keep clear of it, of `others`, and
    of all that is between the two `blocked` shares of the width, such as the name of a deadline.
    """
    start, end = axes.get_xlim()
    moments = [start, *(at.taken_at.timestamp() for at in line), end]
    thresholds = [medal_thresholds(at.team_count) for at in line]
    # A zone ends half a place below its last rank, so that the rank itself is inside.
    edges = np.array([thresholds[0], *thresholds, thresholds[-1]], dtype=np.float64).T + 0.5
    high, low = axes.get_ylim()
    zone_tops = [np.full(len(moments), low), *edges]
    line_pixels = np.concatenate([_trace_line(axes, one) for one in (line, *others)])
    lefts = [
        left
        for left in _NAME_LEFTS
        if blocked is None or left > blocked[1] or left + _NAME_WIDTH_SHARE < blocked[0]
    ]
    for zone, (top, bottom) in zip(ZONES, pairwise(zone_tops), strict=True):
        axes.fill_between(
            moments,
            top,
            np.maximum(top, bottom),
            step="post",
            color=colour(zone.rgb),
            alpha=zone.alpha,
            linewidth=0,
        )
        places = []
        for left in lefts:
            steps = _find_steps(moments, left)
            ranks = (max(*top[steps], low), min(*bottom[steps], high))
            places += [(row, left, y) for row, y in enumerate(_find_heights(axes, ranks))]
        _draw_zone_name(axes, zone, sorted(places, key=itemgetter(0)), line_pixels)


def _find_steps(moments: Sequence[float], left: float) -> slice:
    """Return the steps of the zones that a name covers if it begins at a share of the width.

    Each step lasts from one moment to the next; the first and the last moment are the axis's ends.
    """
    begin, end = (
        moments[0] + share * (moments[-1] - moments[0])
        for share in (left, left + _NAME_WIDTH_SHARE)
    )
    return slice(bisect_right(moments, begin) - 1, bisect_left(moments, end))


def _find_heights(axes: Axes, ranks: tuple[float, float]) -> list[float]:
    """Return where a zone's name can begin between two ranks, in pixels, the highest first."""
    (_, upper), (_, lower) = axes.transData.transform([(0, rank) for rank in ranks])
    heights: list[float] = np.arange(upper - 8, lower + _NAME_HEIGHT, -_NAME_HEIGHT).tolist()
    return heights


def _trace_line(axes: Axes, line: Sequence[RankPoint]) -> NDArray[np.float64]:
    """Return the points of a line as shares of the width and pixels from the bottom."""
    start, end = axes.get_xlim()
    moments = np.linspace(start, end, 100)
    steps = np.searchsorted([at.taken_at.timestamp() for at in line], moments, side="right") - 1
    ranks = np.array([at.rank for at in line], dtype=np.float64)[steps]
    # Nothing is drawn before the first sync and after the last.
    ranks[(steps < 0) | (moments > line[-1].taken_at.timestamp())] = np.nan
    heights = axes.transData.transform(np.column_stack([moments, ranks]))[:, 1]
    return np.column_stack([np.linspace(0, 1, 100), heights])


def _draw_zone_name(
    axes: Axes,
    zone: ZoneStyle,
    places: Iterable[tuple[int, float, float]],
    line_pixels: NDArray[np.float64],
) -> None:
    """Draw a zone's name at the first place that no line crosses, if there is one.

    A place is a row of names, its left edge as a share of the width, and its top in pixels.
    """
    across, heights = line_pixels.T
    for _, left, top in places:
        beside = np.abs(heights - (top - _NAME_HEIGHT / 2)) < _NAME_HEIGHT * 0.6
        if not (beside & (across > left - 0.02) & (across < left + _NAME_WIDTH_SHARE)).any():
            axes.annotate(
                zone.name,
                (left, top),
                xycoords=("axes fraction", "figure pixels"),
                xytext=(4, 0),
                textcoords="offset points",
                verticalalignment="top",
                **text_style(SMALL_SIZE, zone.rgb),
            )
            return
