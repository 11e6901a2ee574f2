"""Plot of the ranks of several teams over time."""

from __future__ import annotations

from matplotlib.axes import Axes

from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.canvas import Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import write_title
from plots.drawing.elements.labels import Label, write_labels
from plots.drawing.elements.lines import draw_deadline, draw_last_point, draw_rank_line, time_span
from plots.drawing.elements.rank_axis import draw_medal_zones, rank_range, scale_ranks
from plots.drawing.elements.time_axis import scale_time
from plots.specs import ComparisonPlot, RankLine

_LEFT, _TOP, _RIGHT, _BOTTOM = 126, 84, 620, 496


def draw_comparison(plot: ComparisonPlot) -> bytes:
    """Draw the PNG."""
    canvas = Canvas()
    lines = [line for line in plot.lines if _last_rank(line) is not None]
    _write_header(canvas, plot)
    if not lines:
        return canvas.png_with_text("nobody has a rank in this time")
    axes = canvas.axes(_LEFT, _TOP, _RIGHT, _BOTTOM)
    scale_time(axes, *time_span([line.points for line in lines], None), most_ticks=3)
    longest = max((line.points for line in lines), key=len)
    edges = medal_thresholds(longest[-1].team_count) if plot.medals else ()
    ranks = [at.rank for line in lines for at in line.points if at.rank is not None]
    scale_ranks(axes, *rank_range(ranks, edges))
    if plot.medals:
        draw_medal_zones(axes, longest, [line.points for line in lines])
    if plot.deadline is not None:
        draw_deadline(axes, plot.deadline, min(ranks))
    labels = []
    for line, rgb in zip(lines, colours.SERIES, strict=False):
        draw_rank_line(axes, line.points, rgb, width=2.2)
        draw_last_point(axes, line.points, rgb)
        labels.append(_label(canvas, axes, line, rgb))
    write_labels(canvas, labels, left=_RIGHT, top=_TOP, right=canvas.width - 24, bottom=_BOTTOM)
    return canvas.png()


def _write_header(canvas: Canvas, plot: ComparisonPlot) -> None:
    teams = max((line.points[-1].team_count for line in plot.lines if line.points), default=0)
    write_title(canvas, drop_unsupported(plot.board), f"{teams:,} teams", rgb=colours.MUTED)


def _label(canvas: Canvas, axes: Axes, line: RankLine, rgb: int) -> Label:
    last = _last_rank(line)
    is_there = line.points[-1].rank is not None
    return Label(
        y=canvas.to_pixel(axes, (0, last or 1))[1],
        number=f"#{last:,}" if is_there else "gone",
        name=drop_unsupported(line.name),
        rgb=rgb,
    )


def _last_rank(line: RankLine) -> int | None:
    return next((at.rank for at in reversed(line.points) if at.rank is not None), None)
