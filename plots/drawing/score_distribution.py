"""Plot of all scores of a board, with one marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from leaderboards.board import ScoreOrder
from leaderboards.display_text import format_top_share
from leaderboards.medals import MedalZone
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, Canvas, colour
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import (
    LEFT,
    RIGHT_MARGIN,
    write_small_print,
    write_subtitle,
    write_title,
)
from plots.drawing.elements.numbers import score_labels, short_number
from plots.drawing.elements.ticks import set_x_ticks, set_y_ticks
from plots.drawing.elements.zones import ZONES
from plots.specs import ScoreDistributionPlot

_SMALL_PRINT_Y, _TOP = 182, 204
_ZONES_HEIGHT = 56
"""Pixels by which `_SMALL_PRINT_Y` and `_TOP` are lower if the scores of the medal zones are above
them."""
_AXES_LEFT, _AXES_RIGHT, _AXES_BOTTOM = 146, 964, 632
_SCORES_Y = 730
_BINS = 42
_MAX_SKEW = 3
_MAX_WIDENING = 0.25
"""The outermost scores are shown if they widen the plot by at most this share."""
_MAX_BAR_RATIO = 12
"""If the highest bar exceeds the median one by this factor, the others would be too low: the scale
is then that of square roots."""
_ZONE_STYLES = dict(zip(MedalZone, ZONES, strict=True))


def draw_score_distribution(plot: ScoreDistributionPlot) -> bytes:
    """Draw the PNG."""
    canvas = Canvas()
    scores = np.array(plot.scores, dtype=np.float64)
    own = plot.score
    edges = [edge for _, edge in plot.zone_edges]
    lower_is_better = _lower_is_better(plot)
    low, high = score_range(scores, [own, *edges], lower_is_better=lower_is_better)
    lowered = _ZONES_HEIGHT if plot.zone_edges else 0
    axes = canvas.axes(_AXES_LEFT, _TOP + lowered, _AXES_RIGHT, _AXES_BOTTOM)
    axes.set_xlim((high, low) if lower_is_better else (low, high))
    _draw_bars(axes, scores, own, (low, high))
    _draw_zones(axes, plot.zone_edges)
    axes.axvline(own, color=colour(colours.BLUE), linewidth=3)
    _label_axes(axes)
    _write_header(canvas, plot)
    if plot.zone_edges:
        _write_zones(canvas, plot.zone_edges)
    teams = "teams" if axes.get_yscale() == "linear" else "teams (square-root scale)"
    write_small_print(
        canvas, _SMALL_PRINT_Y + lowered, teams, _describe_score(plot), rgb=colours.BLUE
    )
    _write_scores_axis(canvas, axes, scores)
    return canvas.png()


def score_range(
    scores: NDArray[np.float64], wanted: Sequence[float], *, lower_is_better: bool
) -> tuple[float, float]:
    """Return the range of scores to show, without far outliers.

    It spans the middle 96 % of the scores, but reaches on the worse side at most three times as far
    from the median as on the better one, so that the top keeps its room. It always includes the
    `wanted` scores.
    """
    sign = -1 if lower_is_better else 1
    ascending = sign * scores
    low, median, high = (float(part) for part in np.quantile(ascending, (0.02, 0.5, 0.98)))
    high = max(high, *(sign * score for score in wanted))
    low = min(max(low, median - _MAX_SKEW * (high - median)), *(sign * score for score in wanted))
    widening = (high - low) * _MAX_WIDENING
    lowest, highest = float(ascending.min()), float(ascending.max())
    low = lowest if lowest >= low - widening else low
    high = highest if highest <= high + widening else high
    margin = (high - low) * 0.02 or abs(high) * 0.01 or 1
    first, last = sign * (low - margin), sign * (high + margin)
    return min(first, last), max(first, last)


def _lower_is_better(plot: ScoreDistributionPlot) -> bool:
    if plot.order is None:
        return plot.scores[0] < plot.scores[-1]
    return plot.order is ScoreOrder.LOWER


def _draw_bars(
    axes: Axes, scores: NDArray[np.float64], own: float, limits: tuple[float, float]
) -> None:
    low, high = limits
    width = (high - low) / _BINS
    # The marked score is in the middle of its bar.
    before = math.ceil((own - low) / width - 0.5)
    edges = own + width * (np.arange(-before, _BINS - before + 2) - 0.5)
    counts, _ = np.histogram(scores, bins=edges)
    filled = counts[counts > 0]
    if filled.max() > _MAX_BAR_RATIO * np.median(filled):
        axes.set_yscale("function", functions=(np.sqrt, np.square))
    bars = [colour(colours.BAR)] * len(counts)
    bars[before] = colour(colours.BLUE)
    axes.bar(edges[:-1], counts, width=width * 0.86, align="edge", color=bars)
    axes.set_ylim(0, int(counts.max()) * 1.06)


def _draw_zones(axes: Axes, zone_edges: Sequence[tuple[MedalZone, float]]) -> None:
    """Colour the medal zones, each with a line at its last score."""
    _, begin = axes.get_xlim()
    for medal_zone, until in zone_edges:
        zone = _ZONE_STYLES[medal_zone]
        rgb = colour(zone.rgb)
        axes.axvspan(begin, until, color=rgb, alpha=zone.alpha, linewidth=0, zorder=0)
        axes.axvline(until, color=rgb, linewidth=1.6, linestyle=(0, (4, 3)))
        begin = until


def _write_zones(canvas: Canvas, zone_edges: Sequence[tuple[MedalZone, float]]) -> None:
    """Write the last score of each medal zone above the axes, where they have room."""
    width = (canvas.width - LEFT - RIGHT_MARGIN) / len(MedalZone)
    labels = score_labels([score for _, score in zone_edges])
    for index, ((medal_zone, _), label) in enumerate(zip(zone_edges, labels, strict=True)):
        canvas.draw_text(
            LEFT + index * width,
            _SMALL_PRINT_Y,
            f"{medal_zone} {label}",
            size=SMALL_SIZE,
            rgb=_ZONE_STYLES[medal_zone].rgb,
            max_width=width - 16,
        )


def _label_axes(axes: Axes) -> None:
    low, high = sorted(axes.get_xlim())
    ticks = [tick for tick in MaxNLocator(4).tick_values(low, high) if low <= tick <= high]
    set_x_ticks(axes, ticks, score_labels(ticks))
    _, most = axes.get_ylim()
    counts = [int(tick) for tick in MaxNLocator(3, integer=True).tick_values(0, most)]
    counts = [count for count in counts if 0 < count <= most]
    set_y_ticks(axes, counts, [short_number(count) for count in counts])


def _write_scores_axis(canvas: Canvas, axes: Axes, scores: NDArray[np.float64]) -> None:
    """Label the axis of scores, and count the teams that are beyond its ends."""
    left, right = axes.get_xlim()
    low, high = sorted((left, right))
    below, above = int((scores < low).sum()), int((scores > high).sum())
    worse, better = (below, above) if left < right else (above, below)
    name = "score (better →)" + (f" · {better:,} more →" if better else "")
    write_small_print(canvas, _SCORES_Y, f"← {worse:,} more" if worse else "", name)


def _describe_score(plot: ScoreDistributionPlot) -> str:
    share = format_top_share(plot.rank, len(plot.scores))
    return " · ".join(filter(None, [drop_unsupported(plot.score_text), share]))


def _write_header(canvas: Canvas, plot: ScoreDistributionPlot) -> None:
    write_title(canvas, drop_unsupported(plot.name), f"#{plot.rank:,} of {len(plot.scores):,}")
    write_subtitle(canvas, drop_unsupported(plot.competition_name))
