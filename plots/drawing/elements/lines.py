"""Lines of ranks over time, for one team or several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes

from leaderboards.history import RankAt
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, colour, text_style

_MAX_DEADLINE_SHARE = 0.35
"""A deadline is shown if it is at most this share of the shown period ahead."""


def time_span(
    lines: Iterable[Sequence[RankAt]], deadline: datetime | None
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


def draw_rank_line(axes: Axes, line: Sequence[RankAt], rgb: int, *, width: float = 2.4) -> None:
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


def draw_last_point(axes: Axes, line: Sequence[RankAt], rgb: int) -> None:
    """Mark the end of a line."""
    if line and line[-1].rank is not None:
        _draw_dot(axes, line[-1], rgb, 8)


def draw_submissions(axes: Axes, submissions: Sequence[RankAt]) -> None:
    """Mark submissions; smaller if there are many."""
    for submission in submissions:
        _draw_dot(axes, submission, colours.TEXT, 6 if len(submissions) <= 20 else 4)


def draw_deadline(axes: Axes, deadline: datetime, last_rank: int | None) -> None:
    """Draw a deadline within the shown period, with its name away from the last rank."""
    start, end = axes.get_xlim()
    moment = deadline.timestamp()
    if not start <= moment <= end:
        return
    _, height = axes.transAxes.inverted().transform(
        axes.transData.transform((moment, last_rank or 1))
    )
    at_top = height < 0.5
    axes.axvline(moment, color=colour(colours.RED), linewidth=1.6, linestyle=(0, (4, 3)))
    axes.annotate(
        "deadline",
        (moment, 1 if at_top else 0),
        xycoords=("data", "axes fraction"),
        xytext=(-4, -3 if at_top else 4),
        textcoords="offset points",
        horizontalalignment="right",
        verticalalignment="top" if at_top else "bottom",
        **text_style(SMALL_SIZE, colours.RED),
    )


def _draw_dot(axes: Axes, at: RankAt, rgb: int, size: float) -> None:
    axes.plot(
        at.taken_at.timestamp(),
        math.nan if at.rank is None else at.rank,
        "o",
        color=colour(rgb),
        markeredgecolor=colour(colours.BACKGROUND),
        markeredgewidth=1,
        markersize=size,
        clip_on=False,
        zorder=3,
    )
