"""Fan chart of the rank of a team that submits nothing: it begins where the team's line ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from matplotlib.axes import Axes

from leaderboards.history import RankPoint
from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.canvas import Canvas, colour
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import write_small_print, write_subtitle, write_title
from plots.drawing.elements.lines import (
    draw_deadline,
    draw_last_point,
    draw_rank_line,
    find_deadline_name_span,
)
from plots.drawing.elements.rank_axis import (
    draw_medal_zones,
    format_rank_axis_label,
    rank_range,
    scale_ranks,
)
from plots.drawing.elements.time_axis import scale_time
from plots.specs import ForecastPlot, ForecastStep

_CONDITION, _LEGEND = "if nothing is submitted", "dashes: about, band: likely"
_LEGEND_Y, _AXIS_NAME_Y = 178, 228
_LEFT, _TOP, _RIGHT, _BOTTOM = 146, 248, 964, 678
_MAX_AHEAD = timedelta(hours=36)
"""A deadline at most so long after the end of the forecast is shown as well."""
_BAND_STRENGTH = 0.4
_ROOM_FACTOR, _MIN_ROOM = 2, 10
"""The line is shown up to so many times the height of the forecast above and below it; a forecast
counts as at least so many ranks high."""


def draw_forecast(plot: ForecastPlot) -> bytes:
    """Draw the PNG."""
    canvas = Canvas()
    now, last = plot.steps[0], plot.steps[-1]
    write_title(canvas, drop_unsupported(plot.name), f"#{now.rank:,} of {now.team_count:,}")
    hours = round((last.at - now.at) / timedelta(hours=1))
    write_subtitle(
        canvas, f"in {hours} h {_describe(last)} · {drop_unsupported(plot.competition_name)}"
    )
    axes = canvas.axes(_LEFT, _TOP, _RIGHT, _BOTTOM)
    line = plot.line.points
    scale_time(axes, *_find_period(plot))
    ranks = _find_shown_ranks(plot)
    edges = medal_thresholds(last.team_count) if plot.medals else ()
    scale_ranks(axes, *rank_range(ranks, edges))
    axis = format_rank_axis_label("rank", "↑", axes)
    write_small_print(canvas, _LEGEND_Y, _CONDITION, _LEGEND, rgb=colours.TEXT)
    write_small_print(canvas, _AXIS_NAME_Y, axis)
    low, median, high = (
        [
            RankPoint(step.at, step.team_count, rank, None, None, None)
            for step, rank in zip(plot.steps, column, strict=True)
        ]
        for column in zip(*((step.low, step.rank, step.high) for step in plot.steps), strict=True)
    )
    if plot.medals:
        blocked = find_deadline_name_span(axes, plot.deadline)
        draw_medal_zones(axes, [*line, *median], [low, high], blocked)
    _draw_fan(axes, plot.steps)
    draw_rank_line(axes, line, colours.BLUE)
    draw_last_point(axes, median[:1], colours.BLUE)
    if plot.deadline is not None:
        draw_deadline(axes, plot.deadline, last.rank)
    return canvas.png()


def _describe(step: ForecastStep) -> str:
    """Return the interval of a forecast."""
    if step.low == step.high:
        return f"about #{step.rank:,}"
    return f"likely #{step.low:,} to #{step.high:,}"


def _find_shown_ranks(plot: ForecastPlot) -> list[int]:
    """Return the ranks of the forecast, and those of the line that are not far from them.

    The line of a team that has climbed far begins below the picture: else the forecast could not be
    read.
    """
    ranks = [rank for step in plot.steps for rank in (step.low, step.high)]
    room = max(max(ranks) - min(ranks), _MIN_ROOM) * _ROOM_FACTOR
    best, worst = min(ranks) - room, max(ranks) + room
    return ranks + [at.rank for at in plot.line.points if at.rank and best <= at.rank <= worst]


def _find_period(plot: ForecastPlot) -> tuple[datetime, datetime]:
    """Return the shown period: the line, the forecast, and a deadline soon after it."""
    start = min((at.taken_at for at in plot.line.points), default=plot.steps[0].at)
    end = plot.steps[-1].at
    if plot.deadline is not None and end < plot.deadline <= end + _MAX_AHEAD:
        end = plot.deadline
    return start, end + (end - start) * 0.02


def _draw_fan(axes: Axes, steps: Sequence[ForecastStep]) -> None:
    """Draw the interval as a band with edges, and the median as a line of dashes in it."""
    moments = [step.at.timestamp() for step in steps]
    low, high = [step.low for step in steps], [step.high for step in steps]
    axes.fill_between(
        moments, low, high, color=colour(colours.BLUE), alpha=_BAND_STRENGTH, linewidth=0
    )
    for edge in (low, high):
        axes.plot(moments, edge, color=colour(colours.BLUE), linewidth=1)
    axes.plot(
        moments,
        [step.rank for step in steps],
        color=colour(colours.TEXT),
        linewidth=2,
        linestyle=(0, (3, 2)),
    )
