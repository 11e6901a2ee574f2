"""Lines of ranks over time, for one team or several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes

from leaderboards.history import RankPoint
from plots import colours
from plots.drawing.elements.canvas import DOT_SIZE, SMALL_SIZE, Marker, colour, text_style

_MAX_DEADLINE_SHARE = 0.35
"""A deadline is shown if it is at most this share of the shown period ahead."""
_DEADLINE_NAME_SHARE = 0.25
"""The share of the width that the word needs."""


def time_span(
    lines: Iterable[Sequence[RankPoint]], deadline: datetime | None
) -> tuple[datetime, datetime]:
    """Return the shown period: that of the lines, and a near deadline."""
    moments = [at.taken_at for line in lines for at in line]
    start = min(moments, default=datetime(2020, 1, 1, tzinfo=UTC))
    end = max(moments, default=start)
    if start == end:
        return start - timedelta(hours=1), end + timedelta(hours=1)
    span = end - start
    if deadline is not None and end < deadline <= end + span * _MAX_DEADLINE_SHARE:
        return start, deadline + span * 0.02
    return start, end


def draw_rank_line(axes: Axes, line: Sequence[RankPoint], rgb: int, *, width: float = 3) -> None:
    """Draw a rank as a step line, interrupted while the team was not on the board."""
    ranks = [math.nan if at.rank is None else at.rank for at in line]
    axes.plot(
        [at.taken_at.timestamp() for at in line],
        ranks,
        color=colour(rgb),
        linewidth=width,
        drawstyle="steps-post",
        solid_joinstyle="round",
        solid_capstyle="round",
    )


def draw_last_point(
    axes: Axes, line: Sequence[RankPoint], rgb: int, *, marker: Marker = "o", size: float = DOT_SIZE
) -> None:
    """Mark the end of a line."""
    if line and line[-1].rank is not None:
        _draw_dot(axes, line[-1], rgb, size, marker=marker)


def draw_submissions(axes: Axes, submissions: Sequence[RankPoint]) -> None:
    """Mark submissions with rings; smaller if there are many."""
    for submission in submissions:
        _draw_dot(
            axes,
            submission,
            colours.BACKGROUND,
            8 if len(submissions) <= 20 else 5,
            edge=colours.TEXT,
        )


def find_deadline_name_span(axes: Axes, deadline: datetime | None) -> tuple[float, float] | None:
    """Return from where to where the name of a deadline stands, as shares of the width.

    That is to the left of its line, unless the line is at the left edge. None if the deadline is
    not within the shown period.
    """
    start, end = axes.get_xlim()
    if deadline is None or not start <= deadline.timestamp() <= end:
        return None
    share = (deadline.timestamp() - start) / (end - start)
    if share > _DEADLINE_NAME_SHARE:
        return share - _DEADLINE_NAME_SHARE, share
    return share, share + _DEADLINE_NAME_SHARE


def draw_deadline(axes: Axes, deadline: datetime, last_rank: int | None) -> None:
    """Draw a deadline within the shown period, with its name away from the last rank."""
    moment = deadline.timestamp()
    name_span = find_deadline_name_span(axes, deadline)
    if name_span is None:
        return
    share, height = axes.transAxes.inverted().transform(
        axes.transData.transform((moment, last_rank or 1))
    )
    at_top = height < 0.5
    at_left = sum(name_span) < 2 * share
    axes.axvline(moment, color=colour(colours.RED), linewidth=1.6, linestyle=(0, (4, 3)))
    axes.annotate(
        "deadline",
        (moment, 1 if at_top else 0),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if at_left else 4, -3 if at_top else 4),
        textcoords="offset points",
        horizontalalignment="right" if at_left else "left",
        verticalalignment="top" if at_top else "bottom",
        **text_style(SMALL_SIZE, colours.RED),
    )


def _draw_dot(
    axes: Axes,
    at: RankPoint,
    rgb: int,
    size: float,
    *,
    edge: int = colours.BACKGROUND,
    marker: Marker = "o",
) -> None:
    axes.plot(
        at.taken_at.timestamp(),
        math.nan if at.rank is None else at.rank,
        marker,
        color=colour(rgb),
        markeredgecolor=colour(edge),
        markeredgewidth=2,
        markersize=size,
        clip_on=False,
        zorder=3,
    )
