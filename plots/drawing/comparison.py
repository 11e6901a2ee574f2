"""Plot of the ranks of several teams over time."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, Canvas, Marker
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import RIGHT_MARGIN, write_small_print, write_title
from plots.drawing.elements.labels import Label, labels_width, write_labels
from plots.drawing.elements.legend import draw_legend, legend_height
from plots.drawing.elements.lines import (
    draw_deadline,
    draw_last_point,
    draw_rank_line,
    find_deadline_name_span,
    time_span,
)
from plots.drawing.elements.rank_axis import (
    draw_medal_zones,
    format_rank_axis_label,
    rank_range,
    scale_ranks,
)
from plots.drawing.elements.time_axis import scale_time
from plots.specs import ComparisonPlot, RankLine

_SMALL_PRINT_Y = 126
_LEFT, _TOP = 146, 148
_TICKS = 72
"""Pixels below the axes, for the times."""
_LEGEND_BOTTOM = 734
_MAX_NAMES_IN_ONE_COLUMN = 3
_MARKERS: Final[tuple[Marker, ...]] = ("o", "s", "^", "D", "v", "P")
"""A shape at the end of each line and beside its name, for those who cannot tell the
colours apart."""
_MARKER_SIZE = 13


def draw_comparison(plot: ComparisonPlot) -> bytes:
    """Draw the PNG: each line ends with its rank, and the names are below.

    The names are in the order of the last ranks in the picture.
    """
    canvas = Canvas()
    write_title(canvas, drop_unsupported(plot.competition_name))
    lines = [
        (line, rgb, last)
        for line, rgb in zip(plot.lines, colours.SERIES, strict=False)
        if (last := _last_rank(line)) is not None
    ]
    if not lines:
        return canvas.png_with_text("nobody has a rank in this time")
    lines.sort(key=itemgetter(2))
    columns = 1 if len(lines) <= _MAX_NAMES_IN_ONE_COLUMN else 2
    legend_top = _LEGEND_BOTTOM - legend_height(len(lines), columns)
    legend = [(drop_unsupported(line.name), rgb) for line, rgb, _ in lines]
    draw_legend(
        canvas,
        legend,
        top=legend_top,
        columns=columns,
        markers=_MARKERS[: len(lines)],
        marker_size=_MARKER_SIZE,
    )
    numbers = [f"#{last:,}" if line.points[-1].rank else "gone" for line, _, last in lines]
    right = canvas.width - RIGHT_MARGIN - labels_width(canvas, numbers, SMALL_SIZE)
    bottom = legend_top - _TICKS
    axes = canvas.axes(_LEFT, _TOP, right, bottom)
    points = [line.points for line, _, _ in lines]
    scale_time(axes, *time_span(points, None))
    longest = max(points, key=len)
    edges = medal_thresholds(longest[-1].team_count) if plot.medals else ()
    ranks = [at.rank for line in points for at in line if at.rank is not None]
    scale_ranks(axes, *rank_range(ranks, edges))
    axis = format_rank_axis_label("public rank" if plot.is_public else "rank", "↑", axes)
    teams = max(line[-1].team_count for line in points)
    write_small_print(canvas, _SMALL_PRINT_Y, axis, f"{teams:,} teams")
    if plot.medals:
        blocked = find_deadline_name_span(axes, plot.deadline)
        draw_medal_zones(axes, longest, points, blocked)
    if plot.deadline is not None:
        draw_deadline(axes, plot.deadline, min(ranks))
    labels = []
    for (line, rgb, last), number, marker in zip(lines, numbers, _MARKERS, strict=False):
        draw_rank_line(axes, line.points, rgb)
        draw_last_point(axes, line.points, rgb, marker=marker, size=_MARKER_SIZE)
        labels.append(Label(canvas.to_pixel(axes, (0, last))[1], number, "", rgb))
    write_labels(
        canvas, labels, left=right, top=_TOP, right=canvas.width, bottom=bottom, size=SMALL_SIZE
    )
    return canvas.png()


def _last_rank(line: RankLine) -> int | None:
    return next((at.rank for at in reversed(line.points) if at.rank is not None), None)
